"""A file that grows line by line while a scan runs, so that it is complete up to the moment the scan ends, however it
ends.

Rule: where a line cannot be written, the scan must hear of it at once and stop, and what it has found must not be lost.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from camscan.errors import CannotRunError, UsageError


class Log(io.TextIOWrapper):
    """`write` raises `CannotRunError` naming option, file and reason; `close` raises nothing. `failure` is the first
    reason, None as long as all is well. With `append` the file goes on where it ends."""

    def __init__(self, path: Path, option: str, *, append: bool = False) -> None:
        super().__init__(path.open("ab" if append else "wb"), encoding="utf-8", line_buffering=True)
        self._name = f"{option} {path}"
        self.failure: str | None = None

    def write(self, text: str) -> int:
        """The text; a line end takes it to the disk."""
        try:
            return super().write(text)
        except OSError as error:
            raise CannotRunError(self._fail(error)) from None

    def close(self) -> None:
        """Some disks refuse only now, and a line that was refused before is refused again."""
        try:
            super().close()
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> str:
        self.failure = self.failure or f"{self._name}: {error.strerror or error}"
        return self.failure


@contextmanager
def open_log(path: Path | None, option: str, *, append: bool = False) -> Iterator[Log | None]:
    """The log, or None where the user wants none. Raises `UsageError` where the file cannot be made."""
    if path is None:
        yield None
        return
    if str(path) == "-":
        raise UsageError(f"{option} -: stdout carries the result; name a file")
    try:
        log = Log(path, option, append=append)
    except OSError as error:
        raise UsageError(f"{option} {path}: {error.strerror}") from None
    with log:
        yield log
