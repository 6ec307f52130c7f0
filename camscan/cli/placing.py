"""Where the captures of one device go: all of them or none, and never through a link to somewhere else."""

import os
from dataclasses import dataclass
from pathlib import Path

from camscan.cli.output import Output
from camscan.errors import UsageError
from camscan.report.capture import Capture, as_capture


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where captures go; `force`: also over files that are there."""

    directory: Path
    force: bool


def place(files: list[tuple[str, Capture]], destination: Destination) -> list[Path]:
    """All files, or none where one of them is there already; where they are."""
    wanted = [(destination.directory / name, capture) for name, capture in files]
    present = [path for path, _ in wanted if os.path.lexists(path)]
    if present and not destination.force:
        more = f", and {len(present) - 1} more" if len(present) > 1 else ""
        raise UsageError(f"{present[0]}: is there already{more}; --force replaces it")
    for path, capture in wanted:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_symlink():
                path.unlink()  # the link is replaced, not what it points to
        except OSError as error:
            raise UsageError(f"--output {path.parent}: {error.strerror}") from None
        with Output(path) as output:
            output.write(as_capture(capture))
    return [path for path, _ in wanted]
