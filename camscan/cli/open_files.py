"""How many connections at once the limit on open files of this process leaves room for (`ulimit -n`, setrlimit(2))."""

from collections.abc import Iterator
from dataclasses import dataclass

from camscan.transport.pace import ATTEMPTS, CONNECTIONS

FEWEST = 8  # of either kind; below that a limit is no help but a standstill


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Connects and dialogues that may be open at once, and the limit they follow, None where there is none."""

    attempts: int = ATTEMPTS
    dialogues: int = CONNECTIONS
    limit: int | None = None

    @property
    def notes(self) -> Iterator[str]:
        """What the user should know: a small limit makes a scan slow."""
        if self.attempts < ATTEMPTS:
            yield f"{self.limit} files may be open at once (ulimit -n): {self.attempts} connections at once, so slower"


def room_for(limit: int) -> Room:
    """Half of the files for connects, a quarter for dialogues, the rest for sockets that listen and for Python."""
    return Room(
        attempts=max(FEWEST, min(ATTEMPTS, limit // 2)),
        dialogues=max(FEWEST, min(CONNECTIONS, limit // 4)),
        limit=limit,
    )


def room_here() -> Room:
    """The room that this process has."""
    try:
        import resource
    except ImportError:  # not a Unix
        return Room()
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return Room() if limit == resource.RLIM_INFINITY else room_for(limit)
