"""Where results go: stdout, or a file that appears whole or not at all.

A file is written under a temporary name in the same directory and renamed when complete; it is opened before the first
packet, so that a scan of an hour does not end at a directory that is not there.
"""

import os
import secrets
import stat
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, TextIO

import typer

from camscan.cli.ending import Exit, abandon_stdout
from camscan.errors import CannotRunError, UsageError

Text = str | Iterable[str]
"""A text, or the pieces of one that is too long to be held whole."""


class Output:
    """The destination of one text: `write` it once inside the `with` block. `path` None or `-` is stdout. `private`: a
    new file is for its owner alone.

    Raises `UsageError` where the file cannot be made, `CannotRunError` where writing fails.
    """

    def __init__(self, path: Path | None, option: str = "--output", *, private: bool = False) -> None:
        self._option = option
        self._mode = 0o600 if private else 0o666
        self._path = None if path is None or str(path) == "-" else real(path)
        self._temporary: Path | None = None
        self._stream: TextIO | None = None

    @property
    def is_stdout(self) -> bool:
        """Whether the text goes to stdout."""
        return self._path is None

    @property
    def takes_bytes(self) -> bool:
        """Whether `fill` can write it, once it is open: a regular file, no pipe and no device."""
        return self._temporary is not None

    def __enter__(self) -> Self:
        if self._path is not None:
            try:
                self._open(self._path)
            except OSError as error:
                raise UsageError(f"{self._option} {self._path}: {error.strerror}") from None
        return self

    def _open(self, path: Path) -> None:
        mode = path.stat().st_mode if path.exists() else None
        if mode is not None and not stat.S_ISREG(mode):  # a pipe or a device cannot be replaced, a directory not opened
            self._stream = path.open("w", encoding="utf-8")
            return
        self._temporary = path.with_name(f".{path.name[:200]}.{secrets.token_hex(4)}")
        number = os.open(self._temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, self._mode)
        self._stream = os.fdopen(number, "w", encoding="utf-8")
        if mode is not None:
            os.fchmod(number, stat.S_IMODE(mode))

    def write(self, text: Text) -> None:
        """The whole text. A reader that closed the pipe ends the program quietly."""
        if self._path is None:
            write_stdout(text)
            return
        if self._stream is None:
            raise ValueError("write() outside of the with block")
        try:
            self._stream.writelines(_pieces(text))
            self._stream.flush()
            self._finish(self._path, self._stream)
        except OSError as error:
            raise CannotRunError(f"{self._option} {self._path}: {error.strerror}") from None

    def fill(self, write: Callable[[BinaryIO], None]) -> None:
        """The whole file, by somebody who writes bytes. A stream of text has none to give: only a file is filled.

        Raises `UsageError` for what is no regular file: what is written has to be gone back to.
        """
        if self._path is None or self._stream is None or self._temporary is None:
            raise UsageError(f"{self._option}: a file is needed")
        try:
            write(self._stream.buffer)
            self._stream.flush()
            self._finish(self._path, self._stream)
        except OSError as error:
            raise CannotRunError(f"{self._option} {self._path}: {error.strerror}") from None

    def _finish(self, path: Path, stream: TextIO) -> None:
        if self._temporary is not None:
            os.fsync(stream.fileno())
            self._temporary.replace(path)
            self._temporary = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stream is not None:
            with suppress(OSError):
                self._stream.close()
        if self._temporary is not None:
            self._temporary.unlink(missing_ok=True)


def write_stdout(text: Text) -> None:
    """Text to stdout, all of it. Characters that its encoding lacks are escaped."""
    if sys.stdout is None:
        raise CannotRunError("stdout is closed: nothing can be written")
    try:
        for piece in _pieces(text):
            sys.stdout.write(_encodable(piece, sys.stdout.encoding or "utf-8"))
        sys.stdout.flush()
    except BrokenPipeError:
        abandon_stdout()
        raise typer.Exit(Exit.PIPE_CLOSED) from None
    except OSError as error:
        abandon_stdout()
        raise CannotRunError(f"stdout: {error.strerror}") from None


def _pieces(text: Text) -> Iterable[str]:
    return (text,) if isinstance(text, str) else text


def _encodable(text: str, encoding: str) -> str:
    return text.encode(encoding, "backslashreplace").decode(encoding)


def real(path: Path) -> Path:
    """The file behind links; a loop of links stays as it is, and opening it says so. So does a link to a pipe, as
    /dev/stdout and a shell's >(…) are: what is behind it has no name."""
    found = Path(os.path.realpath(path))
    return found if found.exists() or not path.exists() else path


def refuse_same_file(**named: Path | None) -> None:
    """Raises `UsageError` where two of the files, by the name of their option, are one."""
    seen: dict[Path, str] = {}
    for option, path in named.items():
        if path is None or str(path) == "-":
            continue
        first = seen.setdefault(real(path), option)
        if first != option:
            raise UsageError(f"{path}: {_spelled(first)} and {_spelled(option)} are one file")


def _spelled(option: str) -> str:
    return "--" + option.replace("_", "-")
