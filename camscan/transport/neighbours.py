"""The kernel's neighbour table: MAC addresses this machine already knows, read without sending anything (proc(5))."""

import re
from pathlib import Path

from camscan.model import Reply
from camscan.transport.wire import Wire

TABLE = Path("/proc/net/arp")
_ENTRY = re.compile(
    r"(?P<address>[\d.]+) +0x[0-9a-f]+ +0x(?P<flags>[0-9a-f]+) "
    r"+(?:[0-9a-f]{2}:){5}[0-9a-f]{2} +\S+ +(?P<interface>\S+)$"
)
_COMPLETE = 0x02  # ATF_COM of linux/if_arp.h


def read_neighbours(wire: Wire, table: Path = TABLE) -> tuple[Reply, ...]:
    """One reply (the line) of each complete entry in scope; none where the system has no such table."""
    try:
        lines = table.read_text(encoding="ascii", errors="replace").splitlines()[1:]
    except OSError:
        return ()
    return tuple(reply for line in lines if (reply := _read(wire, line)))


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
