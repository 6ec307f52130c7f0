"""The account of everything sent: one JSON line for each datagram, frame, connection and turn, and the totals.

Rule: the line is written before the packet leaves, so that nothing is ever sent unrecorded.
"""

import json
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address
from typing import TextIO

from camscan.errors import CannotRunError
from camscan.reply import Transport

CONNECT = "connect"
"""The request name of opening a TCP connection; such a line counts as a connection, not as a packet."""

ADDRESSES_LIMIT = 65536  # counts kept by address, the latest asked: a /8 must not cost a dictionary of 16 million


class Ledger:
    """Writes to `sink` (None: only counts). `clock` gives seconds since the epoch.

    `packets` are datagrams, frames and TCP turns; `connections` are TCP connections; `bytes` is what they carried.
    """

    def __init__(self, sink: TextIO | None, clock: Callable[[], float]) -> None:
        self._sink = sink
        self._clock = clock
        self._counts: dict[str, int] = {}
        self.packets = 0
        self.connections = 0
        self.bytes = 0

    def record(
        self, *, address: str, port: int | None, transport: Transport, protocol: str, request: str, size: int
    ) -> None:
        """Account for `size` bytes about to go to `address`. Raises `CannotRunError` if the line cannot be written."""
        if request == CONNECT:
            self.connections += 1
        else:
            self.packets += 1
        self.bytes += size
        self._count(address)
        if self._sink:
            line = {"time": round(self._clock(), 6), "address": address, "port": port, "transport": transport}
            self._write(self._sink, line | {"protocol": protocol, "request": request, "bytes": size})

    def record_probes(self, addresses: Sequence[int], ports: Sequence[int], size: int) -> None:
        """Account for SYN probes about to go out, `size` bytes each; addresses as numbers. Raises as `record` does.

        They are counted in the totals and not by address: every address of a sweep gets the same few.
        """
        self.packets += len(ports)
        self.bytes += size * len(ports)
        if self._sink:
            time = round(self._clock(), 6)
            for address, port in zip(addresses, ports, strict=True):
                line = {"time": time, "address": str(IPv4Address(address)), "port": port, "transport": "tcp"}
                self._write(self._sink, line | {"protocol": "tcp", "request": "syn", "bytes": size})

    def count(self, address: str) -> int:
        """How many lines this address has; only the latest asked `ADDRESSES_LIMIT` addresses are known."""
        return self._counts.get(address, 0)

    def _count(self, address: str) -> None:
        self._counts[address] = self._counts.pop(address, 0) + 1
        if len(self._counts) > ADDRESSES_LIMIT:
            del self._counts[next(iter(self._counts))]

    def _write(self, sink: TextIO, line: dict[str, object]) -> None:
        try:
            sink.write(json.dumps(line) + "\n")
        except (OSError, ValueError) as error:
            raise CannotRunError(f"the request log cannot be written, so nothing more is sent: {error}") from None
