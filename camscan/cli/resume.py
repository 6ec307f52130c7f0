"""The file of `--resume`: begun with the scan, and gone on with where the scan was cut short, however that was.

Rule: one scan at a time has the file. Nothing in it is ever changed, but for a last line that a crash has torn; where
the next line cannot be written the scan must stop, because what it then did could not be told, and might be done twice.
"""

import asyncio
import fcntl
import json
import os
import stat
import time
from collections.abc import Container, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from camscan.discover.journal import SCHEMA, Journal
from camscan.discover.plan import Plan
from camscan.discover.same import described, differences
from camscan.errors import CannotRunError, UsageError
from camscan.intake.lines import LINE_LIMIT
from camscan.intake.replay import BadLine, read_replies
from camscan.protocols.registry import load_protocols

OPTION = "--resume"
SYNC_SECONDS = 1.0  # between two flushes to the disk: what a power cut costs at most
_HEAD = b'{"schema": "camscan.journal/'
_EVENT = b'{"event": '
_DAMAGED = (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError)


class JournalFile:
    """An open, locked journal: the sink of a scan. `failure` is the first reason for which a line could not be written.

    Raises `UsageError` where the file cannot be had, and `CannotRunError` where another scan has it.
    """

    def __init__(self, path: Path) -> None:
        self.name = f"{OPTION} {path}"
        self.failure: str | None = None
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
        except OSError as error:
            raise UsageError(f"{self.name}: {error.strerror}") from None
        try:
            self._lock()
        except BaseException:
            os.close(self._file)
            raise
        self._disk = ThreadPoolExecutor(1, "journal")
        self._synced = time.monotonic()
        self._syncing: Future[None] | None = None

    def _lock(self) -> None:
        if not stat.S_ISREG(os.fstat(self._file).st_mode):
            raise UsageError(f"{self.name}: not a regular file")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            busy = "another scan writes it now" if isinstance(error, BlockingIOError) else str(error.strerror)
            raise CannotRunError(f"{self.name}: {busy}") from None

    def lines(self) -> Iterator[bytes]:
        """Every whole line; what a crash has left of the last one is cut off after them, when all have been read."""
        end = 0
        with os.fdopen(os.dup(self._file), "rb") as stream:
            stream.seek(0)
            while line := stream.readline(LINE_LIMIT + 1):
                if not line.endswith(b"\n"):
                    self._check_torn(line, end)
                    break
                yield line
                end += len(line)
        os.ftruncate(self._file, end)
        os.lseek(self._file, end, os.SEEK_SET)

    def _check_torn(self, line: bytes, end: int) -> None:
        if len(line) > LINE_LIMIT or (not end and line[: len(_HEAD)] != _HEAD[: len(line)]):
            raise UsageError(f"{self.name}: not the journal of a scan; nothing was changed")

    def write(self, text: str) -> None:
        """One line. Raises `CannotRunError` from the first that cannot be written on."""
        self._check_disk()
        data = memoryview(text.encode("ascii"))
        try:
            while data:
                data = data[os.write(self._file, data) :]
        except OSError as error:
            raise self._failed(error) from None
        if time.monotonic() - self._synced >= SYNC_SECONDS and not self._syncing:
            self._synced = time.monotonic()
            self._syncing = self._disk.submit(os.fdatasync, self._file)

    async def secure(self) -> None:
        """Waits until all lines are on the disk."""
        self._synced = time.monotonic()
        try:
            await asyncio.get_running_loop().run_in_executor(self._disk, os.fdatasync, self._file)
        except OSError as error:
            raise self._failed(error) from None

    def _check_disk(self) -> None:
        """Some disks refuse a line only when it is flushed."""
        if self.failure:
            raise CannotRunError(self.failure)
        if self._syncing and self._syncing.done():
            error, self._syncing = self._syncing.exception(), None
            if isinstance(error, OSError):
                raise self._failed(error)

    def _failed(self, error: OSError) -> CannotRunError:
        self.failure = self.failure or f"{self.name}: {error.strerror or error}"
        return CannotRunError(self.failure)

    def close(self) -> None:
        """Flushes, and lets others have it."""
        self._disk.shutdown()
        with suppress(OSError):
            os.fdatasync(self._file)
        os.close(self._file)


@contextmanager
def open_journal(path: Path | None, plan: Plan) -> Iterator[tuple[Journal, JournalFile | None]]:
    """The journal of this scan with what stands in the file; an empty one, without a file, where the user names none.

    Raises `UsageError` for a file that is no journal, is damaged, is of another plan, or of a scan that is complete;
    the file is then as it was.
    """
    if path is None:
        yield Journal(plan=plan), None
        return
    if str(path) == "-":
        raise UsageError(f"{OPTION} -: a scan cannot go on from stdin; name a file")
    file = JournalFile(path)
    try:
        yield _read(file, plan), file
    finally:
        file.close()


def _read(file: JournalFile, plan: Plan) -> Journal:
    journal, known = Journal(plan=plan, sink=file), load_protocols().keys()
    for number, line in enumerate(file.lines(), 1):
        try:
            if number == 1:
                _take_header(journal, file.name, line)
            elif line.startswith(_EVENT):
                journal.take(json.loads(line))
            else:
                _take_reply(journal, line, known)
        except _DAMAGED as error:
            raise UsageError(f"{file.name}: line {number} is damaged ({error}); nothing was changed") from None
    if journal.ended is not None:
        raise UsageError(
            f"{file.name}: this scan was complete on {_moment(journal.ended)}; remove the file to begin anew"
        )
    return journal


def _take_header(journal: Journal, name: str, line: bytes) -> None:
    if not line.startswith(_HEAD):
        raise UsageError(f"{name}: not the journal of a scan; nothing was changed")
    header = json.loads(line)
    if header["schema"] != SCHEMA:
        raise UsageError(f"{name}: written as {header['schema']}, and this camscan reads {SCHEMA}")
    other = list(differences(header["plan"], described(journal.plan)))
    if other:
        raise UsageError(f"{name}: begun as another scan; {other[0]}")
    journal.id, journal.started = str(header["id"]), float(header["started"])


def _take_reply(journal: Journal, line: bytes, known: Container[str]) -> None:
    for reply in read_replies("", [line.decode("ascii")]):
        if isinstance(reply, BadLine):
            raise ValueError(reply.reason)
        if reply.protocol not in known:
            raise ValueError(f"no protocol {reply.protocol!r}")
        journal.hear(reply)


def standing(journal: Journal, file: JournalFile | None) -> Iterator[str]:
    """What the user is told of a scan that goes on."""
    if file and journal.started is not None:
        steps = sum(1 for step in journal.plan.taken if not step.not_possible)
        hosts = len({reply.address for reply in journal.replies})
        done = f"steps done: {len(journal.tally.finished)} of {steps}, hosts heard: {hosts:,}"
        yield f"{file.name}: going on with the scan of {_moment(journal.started)}, {done}"


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
