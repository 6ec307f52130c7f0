"""The little of ASN.1's Basic Encoding Rules that SNMP and certificates need: tags of one byte, definite lengths,
nothing nested by itself, so no answer of a device decides how deep a reader goes.

Devices write lengths and numbers longer than they need to be; that is read. Raises `DecodeError` and nothing else, for
any bytes. Public source: ITU-T X.690, section 8; RFC 3417, section 8.
"""

from collections.abc import Iterator

from camscan.errors import DecodeError

BOOLEAN, INTEGER, BITS, OCTETS, OBJECT = 0x01, 0x02, 0x03, 0x04, 0x06
SEQUENCE, SET = 0x30, 0x31

_SHORT = 0x80  # a length byte below it is the length, above it how many bytes hold the length
_LENGTH_BYTES = 4  # two are enough for anything read here; some write zeros before
_LONG_TAG = 0x1F  # the tag goes on in the next byte: nothing read here has such a one
_INTEGER_BYTES = 5  # 32 bits without sign
_OBJECT_BYTES = 63  # the longest identifier in use has fewer


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

    __slots__ = ("_at", "_data")

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
        data, start = self._data, self._at + 2
        if start > len(data):
            raise DecodeError("cut short")
        tag, length = data[start - 2], data[start - 1]
        if tag & _LONG_TAG == _LONG_TAG:
            raise DecodeError("a tag of more than one byte")
        if length >= _SHORT:
            length, start = self._long_length(length - _SHORT, start)
        end = start + length
        if end > len(data):
            raise DecodeError("cut short")
        self._at = end
        return tag, data[start:end]

    def _long_length(self, count: int, start: int) -> tuple[int, int]:
        """A length of so many bytes from `start` on, and where the content begins."""
        if not count:
            raise DecodeError("an element without a length")
        if count > _LENGTH_BYTES:
            raise DecodeError(f"a length of {count} bytes")
        return int.from_bytes(self._data[start : start + count], "big"), start + count

    def every(self, tag: int) -> Iterator[bytes]:
        """The contents of all that is left, each of which must have this tag."""
        while self._at < len(self._data):
            yield self.take(tag)

    def elements(self) -> Iterator[tuple[int, bytes]]:
        """Tag and content of all that is left."""
        while self._at < len(self._data):
            yield self.next()

    def begins(self, tag: int) -> bool:
        """Whether the next element has this tag."""
        return self._data[self._at : self._at + 1] == bytes((tag,))

    def integer(self) -> int:
        """The next element as a number."""
        content = self.take(INTEGER)
        if not 0 < len(content) <= _INTEGER_BYTES:
            raise DecodeError(f"a number of {len(content)} bytes")
        return int.from_bytes(content, "big", signed=True)

    def taken(self) -> bytes:
        """All that has been read so far, tags and lengths included."""
        return self._data[: self._at]

    def left(self) -> bytes:
        """All that has not been read yet."""
        return self._data[self._at :]


def bit_length(number: bytes) -> int:
    """How many bits the content of an INTEGER has that is never negative, whoever left out the zero before it."""
    digits = number.lstrip(b"\0")
    if not digits:
        raise DecodeError("a number of no bits")
    return 8 * (len(digits) - 1) + digits[0].bit_length()


def dotted(identifier: bytes) -> str:
    """The content of an OBJECT IDENTIFIER as numbers with dots between them, such as 2.5.4.3."""
    if not 0 < len(identifier) <= _OBJECT_BYTES or identifier[-1] >= _SHORT:
        raise DecodeError("an object identifier that is none")
    numbers, number = [], 0
    for octet in identifier:
        number = number << 7 | octet & 0x7F
        if octet < _SHORT:
            numbers.append(number)
            number = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))
