"""The little of ASN.1's Basic Encoding Rules that SNMP needs: tags of one byte, definite lengths, nothing nested by
itself.

Raises `DecodeError` and nothing else, for any bytes. Public source: ITU-T X.690, section 8; RFC 3417, section 8.
"""

from camscan.errors import DecodeError

INTEGER, OCTETS, OBJECT, SEQUENCE = 0x02, 0x04, 0x06, 0x30

_SHORT = 0x80  # a length byte below it is the length, above it how many bytes hold the length
_LENGTH_BYTES = 2  # no datagram is longer
_INTEGER_BYTES = 5  # 32 bits without sign


def encode(tag: int, *parts: bytes) -> bytes:
    """One element around these parts, of fewer than 128 bytes in all."""
    content = b"".join(parts)
    if len(content) >= _SHORT:
        raise ValueError("an element of more than 127 bytes")
    return bytes((tag, len(content))) + content


def encode_integer(value: int) -> bytes:
    """A number that is not negative."""
    return encode(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


class Reader:
    """Reads the elements of one content, one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, tag: int) -> bytes:
        """The content of the next element, which must have this tag."""
        found, content = self.next()
        if found != tag:
            raise DecodeError(f"tag {found:#04x} in place of {tag:#04x}")
        return content

    def next(self) -> tuple[int, bytes]:
        """Tag and content of the next element."""
        tag, length = self._byte(), self._byte()
        if length > _SHORT:
            count = length - _SHORT
            if count > _LENGTH_BYTES:
                raise DecodeError(f"a length of {count} bytes")
            length = int.from_bytes(bytes(self._byte() for _ in range(count)), "big")
        elif length == _SHORT:
            raise DecodeError("an element without a length")
        end = self._at + length
        if end > len(self._data):
            raise DecodeError("cut short")
        content, self._at = self._data[self._at : end], end
        return tag, content

    def integer(self) -> int:
        """The next element as a number."""
        content = self.take(INTEGER)
        if not 0 < len(content) <= _INTEGER_BYTES:
            raise DecodeError(f"a number of {len(content)} bytes")
        return int.from_bytes(content, "big", signed=True)

    def _byte(self) -> int:
        if self._at >= len(self._data):
            raise DecodeError("cut short")
        self._at += 1
        return self._data[self._at - 1]
