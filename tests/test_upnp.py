"""UPnP descriptions: what is asked for, what is refused to be asked for, what is read."""

import pytest

from camscan.errors import DecodeError
from camscan.protocols.upnp import PROTOCOL, decode, describe


def test_a_description_is_one_plain_get() -> None:
    (request,) = describe("/upnp_device_desc.xml")
    assert request.name in {known.name for known in PROTOCOL.requests}
    lines = request.render("192.0.2.1:49152").decode().split("\r\n")
    assert lines[0] == "GET /upnp_device_desc.xml HTTP/1.1"
    assert "Host: 192.0.2.1:49152" in lines
    assert lines[-2:] == ["", ""]
    assert not any(line.lower().startswith("authorization") for line in lines)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "desc.xml",
        "/a b",
        "/a\r\nDELETE / HTTP/1.1",
        "/desc.xml?action=reboot",
        "/cgi-bin/magicBox.cgi",
        "/x/../cgi-bin/a",
        "/ISAPI/System/reboot",
        "/{host}",
        "/%63gi-bin/a",
        "/\u00e9",
        "/" + "a" * 300,
    ],
)
def test_a_path_that_is_not_plain_is_never_asked_for(path: str) -> None:
    assert list(describe(path)) == []


def test_only_the_root_device_is_read() -> None:
    fields = decode(
        b"<root><device><modelName>Outer-1</modelName><UDN>uuid:A</UDN><iconList><icon><url>/i</url></icon></iconList>"
        b"<deviceList><device><modelName>Inner-2</modelName><UDN>uuid:B</UDN></device></deviceList></device></root>"
    )
    assert fields == {"model": ("Outer-1",), "uuid": ("A",)}


@pytest.mark.parametrize(
    "other",
    [
        b"",
        b"no markup",
        b"<html><body>404</body></html>",
        b"<root><device/></root>",
        b"<root><device><modelURL>x</modelURL></device></root>",
        b"<!DOCTYPE root><root><device><modelName>A1</modelName></device></root>",
    ],
)
def test_what_is_no_description_is_refused(other: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(other)
