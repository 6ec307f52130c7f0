"""The sequence number of a SYN: a keyed hash of address and port, so that an answer proves which question it answers by
what it acknowledges, and nothing need be remembered of what was sent.

The same port of the same host is asked with the same number again, as a repeat must be (RFC 9293, section 3.8.1). The
hash ends with the 32-bit finaliser of MurmurHash3 (public domain).
"""

import secrets
from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    from camscan.transport.space import Words

_MASK = 0xFFFFFFFF


class Cookie:
    """Two cookies differ by their keys."""

    def __init__(self, key: int | None = None) -> None:
        key = secrets.randbits(64) if key is None else key
        self._low, self._high = key & _MASK, key >> 32

    @overload
    def of(self, address: int, port: int) -> int: ...

    @overload
    def of(self, address: "Words", port: "Words") -> "Words": ...

    def of(self, address: Any, port: Any) -> Any:
        """For one probe, or many."""
        mixed = (address ^ self._low) * 0x85EBCA6B & _MASK
        mixed = mixed ^ mixed >> 13
        mixed = mixed + ((port * 0x9E3779B1 & _MASK) ^ self._high) & _MASK
        mixed = mixed ^ mixed >> 16
        mixed = mixed * 0xC2B2AE35 & _MASK
        return mixed ^ mixed >> 16
