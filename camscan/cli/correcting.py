"""What `merge` and `split` share: the data to judge by, and the row of the register that a correction makes."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from camscan.inventory.merge import Judge
    from camscan.inventory.scan_row import Entry
    from camscan.inventory.store import Transaction
    from camscan.model import ScanResult


@dataclass(frozen=True, slots=True)
class Correcting:
    """What a correction needs beside the word of the owner."""

    result: "ScanResult"
    entry: "Entry"
    judge: "Callable[[Transaction], Judge]"


def correcting(fingerprints: Path | None, what: str) -> Correcting:
    """The data loaded, before anything is changed. `what` names the row of the register."""
    from camscan.cli.known import load_known
    from camscan.cli.recording import entry_now
    from camscan.cli.stored import judge_of_stored, nothing_heard

    known, entry = load_known(fingerprints), entry_now("correction")
    result = nothing_heard(known, f"{what}-{time.time_ns():x}", entry.now)
    return Correcting(result, entry, lambda connection: judge_of_stored(connection, known))
