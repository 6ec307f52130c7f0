"""What `--fail-on` means: whether what was found is bad enough for an exit code of its own."""

from typing import TYPE_CHECKING

from camscan.assess.severity import how_many
from camscan.cli.ending import say

if TYPE_CHECKING:
    from camscan.change import Comparison
    from camscan.model import ScanResult

CHANGE = "change"


def fails(result: "ScanResult", least: str | None, *, quiet: bool, changes: "Comparison | None" = None) -> bool:
    """Whether a device has a finding at or above this severity, or an advisory that affects it; says of how many. Of
    `change`: whether anything did."""
    if least == CHANGE:
        return changes is not None and bool(changes.changes)
    count = how_many(result.devices, least) if least else 0
    if count and not quiet:
        say(f"{'1 device has' if count == 1 else f'{count:,} devices have'} findings at or above {least}")
    return count > 0
