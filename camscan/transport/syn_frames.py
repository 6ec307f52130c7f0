"""SYN frames in bulk: one template, written once, and per frame the address, the port, the cookie and two checksums.

Follows RFC 1071 (checksum by parts).
"""

import numpy as np
from numpy.typing import NDArray

from camscan.transport.bulk import ROW, Batch
from camscan.transport.segments import SYN_LENGTH, Sender, syn_frame
from camscan.transport.space import Words

_FIELDS = np.dtype(
    {
        "names": ["to", "ip_sum", "destination", "port", "sequence", "tcp_sum"],
        "formats": ["(6,)u1", ">u2", ">u4", ">u2", ">u4", ">u2"],
        "offsets": [0, 24, 30, 36, 38, 50],
        "itemsize": ROW,
    }
)
_EVERYBODY = b"\xff" * 6  # to whom a frame goes that nobody has written yet


class SynFrames(Batch):
    """A batch of `size` frames from one sender, rewritten again and again."""

    def __init__(self, sender: Sender, size: int) -> None:
        super().__init__(size, SYN_LENGTH)
        frame = syn_frame(sender, _EVERYBODY, 0, 0, 0)
        for number in range(size):
            self.put(number, frame)
        self._rows = np.frombuffer(self.buffer, _FIELDS)
        self._ip_sum, self._tcp_sum = (np.uint32(~int(self._rows[0][sum_]) & 0xFFFF) for sum_ in ("ip_sum", "tcp_sum"))

    def write(self, addresses: Words, ports: Words, sequence: Words, macs: NDArray[np.uint8]) -> None:
        """The first frames of the batch. `macs` is whom each goes to on the wire: six bytes, or six for each."""
        rows = self._rows[: len(addresses)]
        halves = (addresses >> np.uint32(16)) + (addresses & np.uint32(0xFFFF))
        rows["to"], rows["destination"], rows["port"], rows["sequence"] = macs, addresses, ports, sequence
        rows["ip_sum"] = _folded(halves + self._ip_sum)
        words = (sequence >> np.uint32(16)) + (sequence & np.uint32(0xFFFF))
        rows["tcp_sum"] = _folded(halves + ports + words + self._tcp_sum)


def _folded(total: Words) -> Words:
    for _ in range(2):
        total = (total & np.uint32(0xFFFF)) + (total >> np.uint32(16))
    return ~total & np.uint32(0xFFFF)
