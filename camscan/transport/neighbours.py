"""The kernel's neighbour table: what it knows, read without sending anything (proc(5)), and how not to overflow it.

To a directly connected address where nobody is the kernel holds every packet for 3 seconds, charged to the socket that
sent it. Its table holds 1,024 neighbours (gc_thresh3 in arp(7)); a packet to one more vanishes and the sender is told
that it left. So a small send buffer is what keeps an unprivileged sweep (no ARP to tell who is there) complete, and
slow: measured with one socket over 3,000 absent addresses, 80 packets a second and none lost; with a buffer that holds
1,500 datagrams, 490 a second, and every third address never asked.
"""

import re
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from camscan.reply import Reply
from camscan.transport.wire import Wire

TABLE = Path("/proc/net/arp")
SEND_BUFFER = 106496  # bytes, doubled by the kernel: 277 small datagrams. With UDP, echo and connects: 810 of 1,024
_ENTRY = re.compile(
    r"(?P<address>[\d.]+) +0x[0-9a-f]+ +0x(?P<flags>[0-9a-f]+) "
    r"+(?P<mac>(?:[0-9a-f]{2}:){5}[0-9a-f]{2}) +\S+ +(?P<interface>\S+)$"
)
_COMPLETE = 0x02  # ATF_COM of linux/if_arp.h


def read_neighbours(wire: Wire, table: Path = TABLE) -> tuple[Reply, ...]:
    """One reply (the line) of each complete entry in scope; none where the system has no such table."""
    return tuple(reply for line in _lines(table) if (reply := _read(wire, line)))


def mac_of(address: str, table: Path = TABLE) -> bytes | None:
    """The MAC address of a neighbour, None where the kernel does not know it (yet)."""
    entries = (entry for line in _lines(table) if (entry := _ENTRY.match(line)))
    known = (e for e in entries if e["address"] == address and int(e["flags"], 16) & _COMPLETE)
    return next((bytes.fromhex(entry["mac"].replace(":", "")) for entry in known), None)


def _lines(table: Path) -> list[str]:
    try:
        return table.read_text(encoding="ascii", errors="replace").splitlines()[1:]
    except OSError:
        return []


class Absent:
    """Whom the kernel has asked for by ARP lately, without an answer: nothing can be sent to them. The table is read
    again when what was read is older than `seconds`."""

    def __init__(self, table: Path = TABLE, seconds: float = 0.2, clock: Callable[[], float] = time.monotonic) -> None:
        self._table = table
        self._seconds = seconds
        self._clock = clock
        self._read = float("-inf")
        self._unanswered: frozenset[str] = frozenset()

    def holds(self, address: str) -> bool:
        """Whether it is one of them now; not where the table says nothing of it."""
        if self._clock() - self._read > self._seconds:
            entries = [entry for line in _lines(self._table) if (entry := _ENTRY.match(line))]
            known = {e["address"] for e in entries if int(e["flags"], 16)}
            self._unanswered = frozenset(e["address"] for e in entries) - known
            self._read = self._clock()
        return address in self._unanswered


def limit_unresolved(sock: socket.socket) -> None:
    """Lets no more packets of this socket wait for absent neighbours than the table has room for, on any system."""
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)


def _read(wire: Wire, line: str) -> Reply | None:
    entry = _ENTRY.match(line)
    if not entry or not int(entry["flags"], 16) & _COMPLETE or not wire.scope.permits(entry["address"]):
        return None
    return Reply(
        address=entry["address"],
        protocol="arp",
        transport="ethernet",
        port=None,
        request="neighbour-table",
        data=line.encode("ascii"),
        time=wire.clock(),
        sensor=entry["interface"],
    )
