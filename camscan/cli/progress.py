"""Progress bars on stderr, one a stage, while a scan runs; nothing where stderr is no terminal.

Rule: a terminal that goes away takes the bars with it, not the scan.
"""

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, TextIO, cast

from camscan.discover.survey import Progress


class Screen(io.TextIOBase):
    """A terminal that may have been closed: what cannot be written is not."""

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """What the terminal takes: rich draws with it."""
        return self._terminal.encoding or "utf-8"

    def isatty(self) -> bool:
        """It was one when it was opened."""
        return True

    def write(self, text: str) -> int:
        """Returns as if all were well."""
        with suppress(OSError):
            self._terminal.write(text)
        return len(text)

    def flush(self) -> None:
        """Likewise."""
        with suppress(OSError):
            self._terminal.flush()


@contextmanager
def shown_progress(quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """Yields what the scan reports to. The bars vanish when it is over."""
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield lambda progress: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description:<8}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[devices]} devices"),
    )
    with Bars(*columns, console=Console(file=cast(IO[str], Screen(sys.stderr))), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def listen(progress: Progress) -> None:
            if progress.stage not in tasks:
                tasks[progress.stage] = bars.add_task(progress.stage, total=None, devices=0)
            task = tasks[progress.stage]
            bars.update(task, completed=progress.done, total=progress.total, devices=progress.devices)

        yield listen
