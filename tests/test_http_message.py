"""The HTTP reader: odd embedded servers are read, hostile bytes raise `DecodeError` and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camscan.errors import DecodeError
from camscan.probe import REPLY_LIMIT
from camscan.protocols.http_message import (
    CHUNKS_LIMIT,
    HEADER_LINES,
    as_text,
    body_of,
    first_reply,
    is_complete,
    message_in,
    parse,
    without_path,
)

ODD = {
    "line feeds alone": (b"HTTP/1.1 200 OK\nServer: a\n\nbody", 200, (("Server", "a"),), b"body"),
    "no reason": (b"HTTP/1.1 401\r\nServer: a\r\n\r\n", 401, (("Server", "a"),), b""),
    "two spaces after the version": (b"HTTP/1.0  404 x\r\n\r\n", 404, (), b""),
    "indented headers": (b"HTTP/1.1 200 OK\n  A: 1\n  B: 2\n  \n  body", 200, (("A", "1"), ("B", "2")), b"  body"),
    "a folded header": (b"HTTP/1.1 200 OK\r\nA: 1,\r\n  x=2\r\n\r\n", 200, (("A", "1, x=2"),), b""),
    "a line that is no header": (b"HTTP/1.1 200 OK\r\nrubbish\r\nA: 1\r\n\r\n", 200, (("A", "1"),), b""),
    "a name without a space": (
        b"HTTP/1.1 200 OK\r\nSet-Cookie:secure; HttpOnly\r\n\r\n",
        200,
        (("Set-Cookie", "secure; HttpOnly"),),
        b"",
    ),
    "headers cut short": (b"HTTP/1.1 200 OK\r\nServer: a", 200, (("Server", "a"),), b""),
    "no headers at all": (b"HTTP/1.0 200 OK\r\n<html>x", 200, (), b"<html>x"),
    "a longer body than announced": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc",
        200,
        (("Content-Length", "1"),),
        b"abc",
    ),
    "a shorter body than announced": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc",
        200,
        (("Content-Length", "99"),),
        b"abc",
    ),
    "an interim answer first": (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx", 200, (), b"x"),
    "blank lines first": (b"\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx", 200, (), b"x"),
    "HTTP/0.9": (b"<html>old</html>", 0, (), b"<html>old</html>"),
    "bare header lines": (b"Server: a\r\nDate: b\r\n\r\n", 0, (("Server", "a"), ("Date", "b")), b""),
    "RTSP": (b"RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n\r\n", 401, (("CSeq", "1"),), b""),
    "repeated headers": (b"HTTP/1.1 200 OK\r\na: 1\r\nA: 2\r\n\r\n", 200, (("a", "1"), ("A", "2")), b""),
}


@pytest.mark.parametrize("case", ODD)
def test_odd_servers_are_read(case: str) -> None:
    data, status, headers, body = ODD[case]
    message = parse(data)
    assert (message.status, message.headers, message.body) == (status, headers, body)


def test_headers_are_found_whatever_their_spelling() -> None:
    message = parse(b"HTTP/1.1 200 OK\r\nCONTENT-type: a\r\ncontent-TYPE: b\r\n\r\n")
    assert message.values("Content-Type") == ("a", "b")
    assert (message.first("Content-Type"), message.first("Server")) == ("a", "")


@pytest.mark.parametrize(
    "data", [b"", b"\r\n", b"SSH-2.0-dropbear\r\n", b"\x16\x03\x01\x02", b"HTTP/1.1 OK\r\n", b"220 ftp ready\r\n"]
)
def test_what_is_not_http_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        parse(data)


def test_chunks_are_joined() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert parse(head + b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n").body == b"abcde"
    assert parse(head + b"5\r\nab").body == b"ab"
    assert parse(head + b"not chunked at all").body == b"not chunked at all"


COMPLETE = [
    (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", True),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", False),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", True),
    (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nabc", False),
    (b"HTTP/1.1 200 OK\r\nContent-Length: \xc2\xb2\r\n\r\nabc", False),
    (b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\nabc", False),
    (b"HTTP/1.1 200 OK\r\nContent-Le", False),
    (b"HTTP/1.1 200 OK\r\n\r\nabc", False),
    (b"HTTP/1.1 204 No Content\r\n\r\n", True),
    (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", True),
    (b"HTTP/1.1 100 Continue\r\n\r\n", False),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", False),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", True),
    (b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n", True),
    (b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 2\r\n\r\n", False),
    (b"<html>", False),
    (b"", False),
]


@pytest.mark.parametrize(("data", "complete"), COMPLETE)
def test_completeness(data: bytes, complete: bool) -> None:
    assert is_complete(data) is complete


def test_endless_headers_and_chunks_end() -> None:
    many = b"HTTP/1.1 200 OK\r\n" + b"A: 1\r\n" * (HEADER_LINES * 2)
    assert len(parse(many).headers) == HEADER_LINES
    tiny = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * (CHUNKS_LIMIT + 10)
    assert is_complete(tiny)
    assert len(parse(tiny).body) == CHUNKS_LIMIT
    assert len(parse(b"<" + b"x" * REPLY_LIMIT * 2).body) == REPLY_LIMIT


def test_endless_interim_answers_are_refused() -> None:
    with pytest.raises(DecodeError, match="interim"):
        parse(b"HTTP/1.1 100 Continue\r\n\r\n" * 50 + b"HTTP/1.1 200 OK\r\n\r\n")


def test_text_of_any_encoding_is_kept() -> None:
    assert as_text("\ufeffé".encode()) == "é"
    assert as_text(b"\xe9") == "é"


HEADS = (
    b"",
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"HTTP/1.1 100 C\r\n\r\n",
)


@given(head=st.sampled_from(HEADS), data=st.binary(max_size=400))
def test_any_bytes_decode_or_are_refused(head: bytes, data: bytes) -> None:
    assert is_complete(head + data) in (True, False)
    try:
        message = parse(head + data)
    except DecodeError:
        return
    assert 0 <= message.status <= 999


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody",
        b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n4\r\nbody\r\n0\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
        b"\r\nRTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n",
    ],
)
def test_a_reply_is_parted_from_what_follows_it(reply: bytes) -> None:
    assert first_reply(reply) == reply
    assert first_reply(reply + b"HTTP/1.1 200 OK\r\n\r\nmore") == reply


@pytest.mark.parametrize(
    "data", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody", b"HTTP/1.0 200 OK\r\n\r\nbody"]
)
def test_a_reply_without_an_end_is_not_parted(data: bytes) -> None:
    assert first_reply(data) == data


@pytest.mark.parametrize("data", [None, b"", b"\x10\0\0\0", b"220 mail.example.org ESMTP\r\n"])
def test_what_is_no_reply_has_no_message_and_no_body(data: bytes | None) -> None:
    assert (message_in(data), body_of(data)) == (None, b"")


def test_the_body_of_a_reply_is_without_its_framing() -> None:
    assert body_of(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n") == b"body"
    assert body_of(b"HTTP/1.1 204 No Content\r\n\r\n") == b""


def test_a_page_that_repeats_its_path_says_the_same_to_any() -> None:
    assert without_path("/a", b"<p>/a is not here") == without_path("/bc", b"<p>/bc is not here")
    assert without_path("/a", b"<p>one") != without_path("/bc", b"<p>two")
    assert without_path("/", b"<a href=/login>") == b"<a href=/login>"
