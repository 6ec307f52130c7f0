"""Templates of the lab: what is filled, how lengths are counted, and what a mistake in the data says."""

import re

import pytest

from camscan.errors import CannotRunError
from camscan.lab.answer import fill, from_hex, parse_answer


def rendered(table: dict[str, object], request: bytes = b"", **values: bytes) -> bytes:
    answer = parse_answer(table, "test")
    found = answer.match.search(request)
    assert found is not None
    return answer.render(values, found)


def test_a_group_of_the_request_comes_back_in_the_answer() -> None:
    table = {"match": r"(?s)<Uuid>(?P<asked>[^<]*)", "body": "<Uuid>{asked}</Uuid>"}
    assert rendered(table, b"<Probe><Uuid>A-1</Uuid>") == b"<Uuid>A-1</Uuid>"


def test_a_group_that_took_no_part_is_empty() -> None:
    table = {"match": r"^OPTIONS(?:.*CSeq: (?P<asked>\d+))?", "head": "RTSP/1.0 200 OK\nCSeq: {asked}"}
    assert rendered(table, b"OPTIONS / RTSP/1.0") == b"RTSP/1.0 200 OK\r\nCSeq: \r\n\r\n"


def test_a_header_line_that_comes_out_empty_is_left_out() -> None:
    table = {"head": "HTTP/1.1 200 OK\n{server}\nContent-Length: {length}\n", "body": "né"}
    expected = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nn\xc3\xa9"
    assert rendered(table, server=b"") == expected


def test_lengths_in_a_frame_are_little_endian_and_count_the_body() -> None:
    table = {"hex": "b000 {u16} {u32}", "body": "x", "repeat": 0x0102}
    assert rendered(table) == b"\xb0\x00\x02\x01\x02\x01\x00\x00" + b"x" * 0x0102


def test_braces_of_json_are_not_placeholders() -> None:
    assert fill(b'{"a":{"b":{name}}}', {"name": b"1"}) == b'{"a":{"b":1}}'


def test_crlf_is_for_the_whole_body_when_asked_for() -> None:
    assert rendered({"body": "a\nb\n", "eol": "crlf"}) == b"a\r\nb\r\n"


def test_hex_keeps_placeholders() -> None:
    assert from_hex("0001 {address_bytes} ff") == b"\x00\x01{address_bytes}\xff"


def test_a_pattern_is_bytes() -> None:
    assert parse_answer({"match": r"^\xa0\x01"}, "test").match.search(b"\xa0\x01\x00")


def test_what_nothing_fills_is_named() -> None:
    answer = parse_answer({"match": "(?P<asked>x)", "head": "{asked} {date}", "body": "{model} {typo} {length}"}, "t")
    assert answer.unknown_names(frozenset({"model"})) == {"typo"}


@pytest.mark.parametrize(
    "table", [{"match": "("}, {"hex": "0g"}, {"bodi": "x"}, {"match": "\N{SNOWMAN}"}], ids=lambda table: str(table)
)
def test_a_mistake_names_the_file(table: dict[str, str]) -> None:
    with pytest.raises(CannotRunError, match=re.escape("site.toml: hall")):
        parse_answer(table, "site.toml: hall")
