"""Recorded replies judged with the data that the user wants: the same replies give the same result, byte for byte."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from camscan.cli.chosen import NOTHING, Chosen
from camscan.separation import TOGETHER, Separation

if TYPE_CHECKING:
    from camscan.model import ScanResult
    from camscan.reply import Reply


def judge_replies(
    how: Literal["replay", "import"],
    replies: Sequence["Reply"],
    fingerprints: Path | None,
    chosen: Chosen = NOTHING,
    separation: Separation = TOGETHER,
) -> "ScanResult":
    """What the replies prove; the id tells how they came here, and is made from them alone."""
    from camscan.cli.known import load_known
    from camscan.intake.replay import as_line
    from camscan.judge import judge

    digest = hashlib.sha256()
    for reply in replies:
        digest.update(as_line(reply).encode() + b"\n")
    knowledge, assessment = load_known(fingerprints, chosen).parted(separation)
    return judge(replies, knowledge, scan_id=f"{how}-{digest.hexdigest()[:16]}", known=assessment)
