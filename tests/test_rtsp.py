"""RTSP: what is asked and when it stops, what a reply says, and that hostile bytes raise `DecodeError` only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camscan.errors import DecodeError
from camscan.probe import Dialogue, Endpoint
from camscan.protocols.rtsp import PROTOCOL, decode, dialogue

ENDPOINT = Endpoint(address="192.0.2.7", port=554)
OK = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"
UNAUTHORIZED = b'RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nWWW-Authenticate: Digest realm="x", nonce="1"\r\n\r\n'
NOT_FOUND = b"RTSP/1.0 404 Not Found\r\nCSeq: 2\r\n\r\n"


def asked(talk: Dialogue, replies: list[bytes | None]) -> list[str]:
    """The names of the requests of a dialogue that gets these replies, and silence after them."""
    names = [next(talk).name]
    for reply in [*replies, None, None]:
        try:
            names.append(talk.send(reply).name)
        except StopIteration:
            return names
    raise AssertionError("the dialogue does not end")


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        ([None], ["options"]),
        ([b"HTTP/1.1 400 Bad Request\r\n\r\n"], ["options"]),
        ([b"\x00\x00\x00\x10\x00"], ["options"]),
        ([OK, UNAUTHORIZED], ["options", "describe channel 101"]),
        ([UNAUTHORIZED, OK], ["options", "describe channel 101"]),
        ([OK, NOT_FOUND, OK], ["options", "describe channel 101", "describe realmonitor"]),
        ([OK, NOT_FOUND, NOT_FOUND], ["options", "describe channel 101", "describe realmonitor"]),
        ([OK, None], ["options", "describe channel 101"]),
    ],
)
def test_it_stops_where_another_question_would_say_no_more(replies: list[bytes | None], expected: list[str]) -> None:
    assert asked(dialogue(ENDPOINT), replies) == expected


def test_it_can_ask_for_no_stream_and_carries_no_credential() -> None:
    sent = [request.render(ENDPOINT.host) for request in PROTOCOL.requests]
    assert {payload.split()[0] for payload in sent} == {b"OPTIONS", b"DESCRIBE"}
    assert not any(b"authorization" in payload.lower() for payload in sent)
    assert sent[1].startswith(b"DESCRIBE rtsp://192.0.2.7:554/Streaming/Channels/101 RTSP/1.0\r\n")
    assert all(payload.endswith(b"\r\n\r\n") for payload in sent)
    assert len({payload.partition(b"CSeq: ")[2][:1] for payload in sent}) == len(sent)


def test_questions_after_the_first_share_its_connection() -> None:
    assert [request.reuse for request in PROTOCOL.requests] == [False, True, True]


def test_a_refusal_without_a_length_is_whole() -> None:
    complete = PROTOCOL.requests[0].complete
    assert complete is not None
    assert complete(UNAUTHORIZED)
    assert not complete(UNAUTHORIZED[:-2])


def test_the_two_spaces_before_the_date_are_seen() -> None:
    assert decode(OK[:-2] + b"Date:  Wed, Jul 27 2022 10:37:06 GMT\r\n\r\n")["date_shape"] == ("padded month-first",)
    assert decode(OK[:-2] + b"Date: Wed, Jul 27 2022 10:37:06 GMT\r\n\r\n")["date_shape"] == ("month-first",)
    assert decode(OK[:-2] + b"Date: Wed, 27 Jul 2022 10:37:06 GMT\r\n\r\n")["date_shape"] == ("day-first",)
    assert "date_shape" not in decode(OK)


def test_how_the_session_is_written_is_seen() -> None:
    def shape(value: bytes) -> tuple[str, ...]:
        return decode(OK[:-2] + b"Session:" + value + b"\r\n\r\n")["session_shape"]

    assert shape(b" 418206637925;timeout=60") == shape(b" 41820663792516") == ("long number",)
    assert shape(b" 1299260789;timeout=60") == shape(b" 418206637925AB") == ("plain",)
    assert shape(b"       418206637925;timeout=60") == ("padded",)


def test_a_description_keeps_what_tells_whose_server_wrote_it() -> None:
    body = b"v=0\no=- 77 77 IN IP4 192.0.2.7\ns=Media Server\na=control:rtsp://192.0.2.7/x\na=rtppayload-supported:DH\n"
    fields = decode(OK[:-2] + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    assert fields["sdp_session"] == ("Media Server",)
    assert fields["sdp_attribute"] == ("control", "rtppayload-supported:DH")
    assert fields["sdp_origin"] == ("same 2",)


def test_header_lines_without_a_status_are_read_only_where_they_are_of_rtsp() -> None:
    assert decode(b'WWW-Authenticate: Basic realm="DahuaRtsp"\r\n\r\n')["realm"] == ("DahuaRtsp",)
    with pytest.raises(DecodeError):
        decode(b"error: bad request\r\n\r\n")


@pytest.mark.parametrize("data", [b"", b"HTTP/1.1 200 OK\r\n\r\n", b"<html>", b"\xff" * 40, b"SSH-2.0-x\r\n"])
def test_other_protocols_are_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(data)


def test_clock_and_nonce_do_not_change_what_was_said() -> None:
    def masked(data: bytes) -> bytes:
        for pattern in PROTOCOL.volatile:
            data = pattern.sub(b"", data)
        return data

    later = UNAUTHORIZED.replace(b"CSeq: 2", b"CSeq: 3").replace(b'nonce="1"', b'nonce="2"')
    assert masked(later) == masked(UNAUTHORIZED)
    assert masked(later) != masked(UNAUTHORIZED.replace(b'realm="x"', b'realm="y"'))


@given(
    st.binary(max_size=400), st.sampled_from([b"", OK[:-2], OK, b"RTSP/1.0 200 OK\r\nContent-Length: 99\r\n\r\nv=0\n"])
)
def test_hostile_bytes_raise_nothing_else(data: bytes, head: bytes) -> None:
    try:
        fields = decode(head + data)
    except DecodeError:
        return
    assert all(values and all(values) for values in fields.values())
