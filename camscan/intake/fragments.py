"""Datagrams put together again from captured fragments (RFC 791, RFC 8200): a discovery reply may be longer than a
frame.

Bounded: datagrams at once, and fragments of each. Fragments that overlap are an attack, and never become whole.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field

UNFINISHED_LIMIT = 256  # datagrams; a segment full of cameras answers a multicast within a second
FRAGMENTS_LIMIT = 64  # of one; 64 kB in frames of 1,500 bytes are 44
SIZE_LIMIT = 65535


@dataclass(slots=True)
class _Datagram:
    """The fragments that have come, by offset in bytes; `size` is known with the last one."""

    pieces: dict[int, bytes] = field(default_factory=dict)
    size: int | None = None

    def whole(self) -> bytes | None:
        at, parts = 0, list[bytes]()
        while at != self.size:
            piece = self.pieces.get(at)
            if not piece:
                return None
            parts.append(piece)
            at += len(piece)
        return b"".join(parts)


class Fragments:
    """The unfinished datagrams of a capture; `lost` counts those that were given up."""

    def __init__(self) -> None:
        self._unfinished: dict[Hashable, _Datagram] = {}
        self.lost = 0

    def take(self, key: Hashable, offset: int, data: bytes, *, is_last: bool) -> bytes | None:
        """The whole datagram, if this fragment completes it. `key` is the same for all of one datagram."""
        datagram = self._unfinished.setdefault(key, _Datagram())
        datagram.pieces.setdefault(offset, data)
        if is_last:
            datagram.size = offset + len(data)
        whole = datagram.whole()
        if whole is not None:
            del self._unfinished[key]
        elif len(datagram.pieces) > FRAGMENTS_LIMIT or offset + len(data) > SIZE_LIMIT:
            self._give_up(key)
        elif len(self._unfinished) > UNFINISHED_LIMIT:
            self._give_up(next(iter(self._unfinished)))
        return whole

    def end(self) -> None:
        """Gives up what is still unfinished."""
        self.lost += len(self._unfinished)
        self._unfinished.clear()

    def _give_up(self, key: Hashable) -> None:
        del self._unfinished[key]
        self.lost += 1
