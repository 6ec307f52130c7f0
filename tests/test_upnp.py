"""UPnP descriptions and port mappings: what is asked for, what is refused to be asked for, what is read."""

import pytest

from camscan.discover.held import held
from camscan.errors import DecodeError
from camscan.probe import Endpoint, Request
from camscan.protocols.upnp import PROTOCOL, decode, describe
from tests.capture_rig import capture

HERE = Endpoint(address="192.0.2.1", port=5000)
ENTRY = capture("upnp", "unknown_port-mapping_unknown")
NO_MORE = capture("upnp", "unknown_no-more-mappings_unknown")


def test_a_description_is_one_plain_get() -> None:
    (request,) = describe(HERE, "/upnp_device_desc.xml")
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
    assert list(describe(HERE, path)) == []


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


def gateway(*services: tuple[str, str], base: str = "") -> bytes:
    """A description as miniupnpd writes it, the services in an embedded device."""
    listed = "".join(
        f"<service><serviceType>urn:schemas-upnp-org:service:{kind}</serviceType><controlURL>{url}</controlURL></service>"
        for kind, url in services
    )
    return (
        f"<root>{base and f'<URLBase>{base}</URLBase>'}<device><modelName>G1</modelName><deviceList><device>"
        f"<serviceList>{listed}</serviceList></device></deviceList></device></root>"
    ).encode()


def page(body: bytes, status: int = 200) -> bytes:
    return f"HTTP/1.1 {status} x\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def entry(number: int) -> bytes:
    return page(ENTRY.replace(b">8000<", f">{8000 + number}<".encode()))


def asked(*replies: bytes | None) -> list[Request]:
    """The questions of a dialogue that is held to its table; the last reply is given again and again."""
    turns = held(describe(HERE, "/rootDesc.xml"), PROTOCOL.requests)
    requests = [next(turns)]
    try:
        while True:
            requests.append(turns.send(replies[min(len(requests), len(replies)) - 1]))
    except StopIteration:
        return requests


IP_CONNECTION = ("WANIPConnection:1", "/ctl/IPConn")


def test_the_mappings_of_a_gateway_are_read_until_it_has_no_more() -> None:
    requests = asked(page(gateway(IP_CONNECTION)), entry(0), entry(1), page(NO_MORE, 500))
    assert [(r.path, r.index) for r in requests[1:]] == [("/ctl/IPConn", 0), ("/ctl/IPConn", 1), ("/ctl/IPConn", 2)]
    head = requests[1].render(HERE.host).decode()
    assert head.startswith("POST /ctl/IPConn HTTP/1.1\r\nHost: 192.0.2.1:5000\r\n")
    assert 'SOAPAction: "urn:schemas-upnp-org:service:WANIPConnection:1#GetGenericPortMappingEntry"\r\n' in head


def test_a_gateway_without_an_end_is_asked_sixty_four_times() -> None:
    replies = [page(gateway(IP_CONNECTION, ("WANPPPConnection:1", "/ctl/PPP"))), *map(entry, range(200))]
    requests = asked(*replies)
    assert [r.index for r in requests[1:]] == list(range(64))
    assert {r.path for r in requests[1:]} == {"/ctl/IPConn"}


@pytest.mark.parametrize("reply", [None, b"", page(b"<html/>", 404), page(b"<s:Fault/>", 401), page(NO_MORE, 500)])
def test_whoever_gives_no_entry_is_asked_for_no_second(reply: bytes | None) -> None:
    assert len(asked(page(gateway(IP_CONNECTION)), reply)) == 2


def test_whoever_says_the_same_to_every_number_is_asked_twice() -> None:
    assert len(asked(page(gateway(IP_CONNECTION)), entry(0))) == 3


def test_every_kind_of_connection_is_read_once() -> None:
    kinds = ("WANIPConnection:1", "WANIPConnection:2", "WANPPPConnection:1", "WANIPConnection:1")
    requests = asked(page(gateway(*((kind, f"/ctl/{n}") for n, kind in enumerate(kinds)))), page(NO_MORE, 500))
    assert [r.path for r in requests[1:]] == ["/ctl/0", "/ctl/1", "/ctl/2"]


@pytest.mark.parametrize(
    ("url", "base", "path"),
    [
        ("ctl/IPConn", "", "/ctl/IPConn"),
        ("http://192.0.2.1:5000/ctl/IPConn", "", "/ctl/IPConn"),
        ("/uuid:0a-1/WANIPConnection:1", "", "/uuid:0a-1/WANIPConnection:1"),
        ("ctl/IPConn", "http://192.0.2.1:5000/igd/", "/igd/ctl/IPConn"),
        ("/ctl/IPConn?x=1", "", "/ctl/IPConn"),
        ("http://192.0.2.1:5001/ctl/IPConn", "", None),
        ("http://198.51.100.1:5000/ctl/IPConn", "", None),
        ("//198.51.100.1:5000/ctl", "", None),
        ("/ctl/IPConn", "http://198.51.100.1:5000/", None),
        ("/cgi-bin/reboot", "", None),
        ("/ctl/a b", "", None),
        ("/ctl/{id}", "", None),
        ("http://[", "", None),
        ("", "", None),
    ],
)
def test_a_control_path_is_a_plain_one_of_the_same_endpoint(url: str, base: str, path: str | None) -> None:
    requests = asked(page(gateway(("WANIPConnection:1", url), base=base)), page(NO_MORE, 500))
    assert [r.path for r in requests[1:]] == ([path] if path else [])


@pytest.mark.parametrize("kind", ["WANCommonInterfaceConfig:1", "WANIPConnection:3", "Layer3Forwarding:1", ""])
def test_other_services_are_not_asked(kind: str) -> None:
    assert len(asked(page(gateway((kind, "/ctl/other"))), page(NO_MORE))) == 1


def test_an_entry_is_read_as_it_is_written() -> None:
    fields = decode(
        b"<e><GetGenericPortMappingEntryResponse><NewRemoteHost>198.51.100.9</NewRemoteHost>"
        b"<NewExternalPort>many</NewExternalPort><NewInternalPort>554</NewInternalPort><NewEnabled>No</NewEnabled>"
        b"<NewLeaseDuration>3600</NewLeaseDuration><Other>x</Other></GetGenericPortMappingEntryResponse></e>"
    )
    assert fields == {
        "remote_host": ("198.51.100.9",),
        "internal_port": ("554",),
        "mapping_enabled": ("false",),
        "lease": ("3600",),
    }
