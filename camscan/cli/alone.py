"""Two scans of one inventory never ask the same addresses at once on this machine: the second one says who does.

Rule: the kernel keeps the locks (flock(2)), so a scan that is killed leaves none behind. Each scan holds a file of its
own, which says who it is and what it asks; whoever enters looks at those of the others, and does so alone.
"""

import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from camscan.cli.output import real
from camscan.discover.survey import scope_text
from camscan.errors import CannotRunError
from camscan.scope import Scope

if TYPE_CHECKING:
    from camscan.inventory.place import Place

GUARD = "guard"
GUARD_SECONDS = 10.0  # who looks at the files of others needs milliseconds; a program that is stopped needs for ever
PAUSE = 0.05
SHOWN = 3  # parts of a scope that are named
SIZE_LIMIT = 64 * 1024 * 1024  # bytes of one file: a million single addresses take half of it

Span = tuple[int, int, int]
"""Version of the protocol, first and last address as numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A scan that is under way. `since` in seconds since the epoch."""

    pid: int
    since: float
    scope: tuple[str, ...]
    spans: tuple[Span, ...]

    def __str__(self) -> str:
        more = f" and {len(self.scope) - SHOWN:,} more" if len(self.scope) > SHOWN else ""
        since = datetime.fromtimestamp(self.since, UTC).strftime("%Y-%m-%d %H:%M UTC")
        return f"process {self.pid}, since {since}, scope {', '.join(self.scope[:SHOWN])}{more}"


@contextmanager
def alone(place: "Place | None", scope: Scope) -> Iterator[None]:
    """Within it no other scan that goes into the same inventory asks an address of this scope. `place` None: it goes
    nowhere, and needs nobody's leave. Raises `CannotRunError` where another one does, or where there can be no lock."""
    if place is None:
        yield
        return
    directory = _directory(place)
    ours = Holder(pid=os.getpid(), since=time.time(), scope=scope_text(scope), spans=tuple(sorted(_spans(scope))))
    with ExitStack() as stack:
        try:
            _enter(directory, ours, stack)
        except OSError as error:
            raise CannotRunError(f"lock {directory}: {(error.strerror or str(error)).lower()}") from None
        yield


def _directory(place: "Place") -> Path:
    """Beside a file, which may go by several names; for a database, in the directory of this user."""
    if place.path is not None:
        path = real(place.path)
        return path.with_name(f"{path.name}.scans")
    from platformdirs import user_state_path

    return user_state_path("camscan") / "scans" / sha256((place.url or "").encode()).hexdigest()[:16]


def _enter(directory: Path, ours: Holder, stack: ExitStack) -> None:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _guarded(directory / GUARD):
        for path in sorted(directory.glob("*.json")):
            other = _holder(path)
            if other is not None and _overlap(ours.spans, other.spans):
                raise CannotRunError(f"another scan asks the same addresses now: {other}; nothing was sent")
        stack.enter_context(_held(directory / f"{ours.pid}-{secrets.token_hex(4)}.json", ours))


@contextmanager
def _guarded(path: Path) -> Iterator[None]:
    """Alone among those who enter."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        until = time.monotonic() + GUARD_SECONDS
        while not _locked(descriptor):
            if time.monotonic() > until:
                raise CannotRunError(f"lock {path}: another camscan holds it and does not go on")
            time.sleep(PAUSE)
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(path: Path) -> Holder | None:
    """Who holds this file; None, and the file is removed, where nobody does any more."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as stream:
        if _locked(descriptor):
            path.unlink(missing_ok=True)
            return None
        try:
            return _told(json.loads(stream.read(SIZE_LIMIT)))
        except (ValueError, TypeError, KeyError):
            raise CannotRunError(f"lock {path}: another program holds it") from None


def _told(record: dict[str, Any]) -> Holder:
    spans = tuple((int(version), int(first), int(last)) for version, first, last in record["spans"])
    scope = tuple(map(str, record["scope"]))
    return Holder(pid=int(record["pid"]), since=float(record["since"]), scope=scope, spans=spans)


@contextmanager
def _held(path: Path, ours: Holder) -> Iterator[None]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            told = {"pid": ours.pid, "since": ours.since, "scope": ours.scope, "spans": ours.spans}
            stream.write(json.dumps(told))
            stream.flush()
            yield
        finally:
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _spans(scope: Scope) -> Iterator[Span]:
    """What may hear of this scan: addresses that are asked, and the whole of a segment, whose multicast all hear."""
    for network in scope.swept:
        yield from ((network.version, first, last) for first, last in scope.spans_in(network))
    yield from ((4, int(network[0]), int(network[-1])) for _, network in scope.segments)


def _overlap(some: Sequence[Span], others: Sequence[Span]) -> bool:
    """Whether one address lies in both; each is in order."""
    left, right = list(some), list(others)
    i = j = 0
    while i < len(left) and j < len(right):
        (version, first, last), (other, begin, end) = left[i], right[j]
        if version == other and first <= end and begin <= last:
            return True
        if (version, last) < (other, end):
            i += 1
        else:
            j += 1
    return False
