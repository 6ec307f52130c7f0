"""`--metrics`: what a scan found as a file for Prometheus."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from camscan.cli.ending import say
from camscan.cli.output import Output
from camscan.errors import CamscanError, UsageError

if TYPE_CHECKING:
    from camscan.change import Comparison
    from camscan.inventory.place import Place
    from camscan.model import ScanResult
    from camscan.report.metrics import Standing

OPTION = "--metrics"


@contextmanager
def open_metrics(path: Path | None) -> Iterator[Output | None]:
    """Where they go, None where the user wants none. Raises `UsageError` where the file cannot be made."""
    if path is None:
        yield None
        return
    if str(path) == "-":
        raise UsageError(f"{OPTION} -: stdout carries the result; name a file")
    with Output(path, OPTION) as output:
        yield output


def write_metrics(
    output: Output, result: "ScanResult", code: int, changes: "Comparison | None", place: "Place | None"
) -> bool:
    """Whether the file is written, whole; where not, it says why."""
    from camscan.report.metrics import as_metrics

    try:
        output.write(as_metrics(result, code, changes, _standing(place)))
    except CamscanError as error:
        say(str(error))
        return False
    return True


def _standing(place: "Place | None") -> "Standing | None":
    if place is None:
        return None
    from camscan.inventory.counts import count_devices
    from camscan.inventory.notices import waiting
    from camscan.inventory.store import opened
    from camscan.report.metrics import Standing

    with opened(place) as inventory, inventory.reading() as connection:
        present, gone = count_devices(connection)
        return Standing(present=present, gone=gone, waiting=len(waiting(connection)))
