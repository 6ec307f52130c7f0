"""Tags, lengths and numbers as ASN.1 writes them, and as devices do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camscan.errors import DecodeError
from camscan.protocols.ber import OCTETS, SEQUENCE, Reader, bit_length, dotted


@pytest.mark.parametrize(
    "data",
    [b"\x04\x02ab", b"\x04\x81\x02ab", b"\x04\x82\0\x02ab", b"\x04\x83\0\0\x02ab", b"\x04\x84\0\0\0\x02ab"],
)
def test_a_length_may_be_longer_than_it_need_be(data: bytes) -> None:
    assert Reader(data).take(OCTETS) == b"ab"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "cut short"),
        (b"\x04", "cut short"),
        (b"\x04\x02a", "cut short"),
        (b"\x04\x81", "cut short"),
        (b"\x04\x82\x01", "cut short"),
        (b"\x04\x84\xff\xff\xff\xff", "cut short"),
        (b"\x04\x85\0\0\0\0\x01a", "a length of 5 bytes"),
        (b"\x04\xff" + bytes(200), "a length of 127 bytes"),
        (b"\x30\x80\x04\x00\0\0", "an element without a length"),
        (b"\x1f\x81\x01\x00", "a tag of more than one byte"),
        (b"\x30\x00", "tag 0x30 in place of 0x04"),
    ],
)
def test_what_is_no_element_is_refused(data: bytes, problem: str) -> None:
    with pytest.raises(DecodeError, match=f"^{problem}$"):
        Reader(data).take(OCTETS)


def test_a_reader_says_what_was_read_and_what_is_left() -> None:
    reader = Reader(b"\x04\x01a\x30\x00\xff")
    assert reader.begins(OCTETS)
    reader.next()
    assert (reader.taken(), reader.left()) == (b"\x04\x01a", b"\x30\x00\xff")
    assert reader.begins(SEQUENCE)
    assert not Reader(b"").begins(OCTETS)


def test_all_that_is_left_is_read_until_it_breaks_off() -> None:
    assert list(Reader(b"\x04\x01a\x30\x00").elements()) == [(OCTETS, b"a"), (SEQUENCE, b"")]
    assert list(Reader(b"\x04\x01a\x04\x01b").every(OCTETS)) == [b"a", b"b"]
    some = Reader(b"\x04\x01a\x30\x00").every(OCTETS)
    assert next(some) == b"a"
    with pytest.raises(DecodeError):
        next(some)


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        ("550403", "2.5.4.3"),
        ("2a864886f70d010101", "1.2.840.113549.1.1.1"),
        ("00", "0.0"),
        ("27", "0.39"),
        ("28", "1.0"),
        ("4f", "1.39"),
        ("50", "2.0"),
        ("8837", "2.999"),
        ("55048000", "2.5.4.0"),
    ],
)
def test_identifiers_are_written_with_dots(octets: str, text: str) -> None:
    assert dotted(bytes.fromhex(octets)) == text


@pytest.mark.parametrize("octets", [b"", b"\x80", b"\x55\x84", b"\x55" * 64])
def test_what_is_no_identifier_is_refused(octets: bytes) -> None:
    with pytest.raises(DecodeError):
        dotted(octets)


@given(st.integers(1, 1 << 200), st.integers(0, 3))
def test_bits_are_counted_without_the_zeros_before_them(number: int, zeros: int) -> None:
    octets = bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
    assert bit_length(octets) == number.bit_length()


@pytest.mark.parametrize("octets", [b"", b"\0", b"\0\0"])
def test_nothing_has_no_bits(octets: bytes) -> None:
    with pytest.raises(DecodeError):
        bit_length(octets)


@given(st.binary(max_size=60))
def test_any_bytes_end(data: bytes) -> None:
    try:
        elements = list(Reader(data).elements())
    except DecodeError:
        return
    assert sum(2 + len(content) for _, content in elements) <= len(data)
