"""SSDP: two questions, and answers, announcements and farewells."""

import pytest

from camscan.errors import DecodeError
from camscan.protocols.ssdp import PROTOCOL, decode
from tests.capture_rig import capture


def test_the_questions_are_searches_as_the_architecture_words_them() -> None:
    assert [request.payload.decode() for request in PROTOCOL.requests] == [
        f'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: {target}\r\n\r\n'
        for target in ("ssdp:all", "upnp:rootdevice")
    ]


def test_header_names_are_read_by_any_spelling_and_line_end() -> None:
    expected = {"location": ("http://192.0.2.1/d.xml",), "usn": ("uuid:AB-1::upnp:rootdevice",), "uuid": ("AB-1",)}
    for end in ("\r\n", "\n"):
        text = f"HTTP/1.1 200 OK{end}Location:http://192.0.2.1/d.xml{end}usn: uuid:AB-1::upnp:rootdevice{end}{end}"
        assert decode(text.encode()) == expected


def test_headers_that_identify_nobody_are_not_kept() -> None:
    fields = decode(b"HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nOPT: x\r\n01-NLS: y\r\n\r\n")
    assert fields == {"st": ("upnp:rootdevice",)}


@pytest.mark.parametrize(
    "other",
    [
        b"",
        b"\xff\xfe\0",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 404 Not Found\r\nST: upnp:rootdevice\r\n\r\n",
        b"NOTIFY * HTTP/1.1\r\nNT: upnp:rootdevice\r\nNTS: ssdp:byebye\r\nUSN: uuid:1::upnp:rootdevice\r\n\r\n",
        b"NOTIFY * HTTP/1.1",
        b'{"ST": "upnp:rootdevice"}',
        *(request.payload for request in PROTOCOL.requests),
    ],
)
def test_what_is_no_answer_is_refused(other: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(other)


def test_the_same_device_asked_twice_says_the_same_thing() -> None:
    first = capture("ssdp", "dahua_unknown_unknown")
    second = first.replace(b"10:00:00", b"10:00:07")
    assert first != second
    assert _masked(first) == _masked(second)
    assert b"LOCATION" in _masked(first)


def _masked(data: bytes) -> bytes:
    for pattern in PROTOCOL.volatile:
        data = pattern.sub(b"", data)
    return data
