"""WS-Discovery: four spellings of the question, and answers in every state of disrepair."""

import pytest
from lxml import etree

from camscan.errors import DecodeError
from camscan.protocols.wsdiscovery import PROTOCOL, SCOPE_WORDS_LIMIT, decode
from tests.capture_rig import capture

SOAP = "{http://www.w3.org/2003/05/soap-envelope}"
DISCOVERY = "{http://schemas.xmlsoap.org/ws/2005/04/discovery}"
ADDRESSING = "{http://schemas.xmlsoap.org/ws/2004/08/addressing}"


def test_every_question_is_a_probe_with_a_message_id_of_its_own() -> None:
    asked = {}
    for request in PROTOCOL.requests:
        root = etree.fromstring(request.render("192.0.2.1", "0d6f2f50-0c8d"))
        body = root.find(f"{SOAP}Body")
        assert [child.tag for child in body] == [f"{DISCOVERY}Probe"]
        assert root.findtext(f"{SOAP}Header/{ADDRESSING}MessageID") == "uuid:0d6f2f50-0c8d"
        types = body.find(f"{DISCOVERY}Probe/{DISCOVERY}Types")
        prefix, _, name = types.text.partition(":") if types is not None else ("", "", "")
        asked[request.name] = f"{types.nsmap[prefix]} {name}" if types is not None else ""
    assert asked == {
        "Probe dn:NetworkVideoTransmitter": "http://www.onvif.org/ver10/network/wsdl NetworkVideoTransmitter",
        "Probe tds:Device": "http://www.onvif.org/ver10/device/wsdl Device",
        "Probe wsdp:Device": "http://schemas.xmlsoap.org/ws/2006/02/devprof Device",
        "Probe any type": "",
    }


def scopes(text: str) -> dict[str, tuple[str, ...]]:
    return {k: v for k, v in decode(f"<Scopes>{text}</Scopes>".encode()).items() if k.startswith("scope_")}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("onvif://www.onvif.org/name/CP%20PLUS", {"scope_name": ("CP PLUS",)}),
        ("onvif://www.onvif.org/Name/IPCAM", {"scope_name": ("IPCAM",)}),
        ("onvif://www.onvif.org/MAC/58:50:ed:00:11:22", {"scope_mac": ("58:50:ed:00:11:22",)}),
        ("onvif://www.onvif.org/location/Hong Kong", {"scope_location": ("Hong Kong",)}),
        ("onvif://www.onvif.org/name/A \\\n onvif://www.onvif.org/hardware/B", {"scope_hardware": ("B",)}),
        ("onvif://www.onvif.org/name/A\n   onvif://www.onvif.org/location/", {"scope_name": ("A",)}),
        ("onvif://www.onvif.org/name/A http:123", {"scope_name": ("A",), "scope_other": ("http:123",)}),
        ("onvif://www.onvif.org/Model/631GA", {"scope_other": ("Model/631GA",)}),
        ("onvif://www.onvif.org/name/DS-1&lt;/d:Scopes&gt;", {"scope_name": ("DS-1",)}),
        ("onvif://www.onvif.org/name/%FF%", {"scope_name": ("\ufffd%",)}),
    ],
)
def test_scopes_are_split_and_decoded(text: str, expected: dict[str, tuple[str, ...]]) -> None:
    found = scopes(text)
    assert expected.items() <= found.items()


def test_a_list_of_scopes_without_end_is_cut() -> None:
    found = scopes("onvif://www.onvif.org/name/A " + "x " * 50_000)
    assert found == {"scope_name": ("A" + " x" * (SCOPE_WORDS_LIMIT - 1),)}


def test_prefixes_that_are_never_declared_are_read() -> None:
    fields = decode(
        b"<d:ProbeMatch><d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types>"
        b"<d:XAddrs>http://192.0.2.1/a http://[fe80::1]/a</d:XAddrs></d:ProbeMatch>"
    )
    assert fields["type"] == ("NetworkVideoTransmitter", "Device")
    assert fields["xaddr"] == ("http://192.0.2.1/a", "http://[fe80::1]/a")
    assert fields["action"] == ("ProbeMatch",)


@pytest.mark.parametrize("address", ["urn:uuid:AB-1", "uuid:AB-1", "AB-1"])
def test_the_endpoint_is_read_and_the_reply_address_is_not(address: str) -> None:
    fields = decode(
        f"<Envelope><Header><ReplyTo><Address>uuid:anonymous</Address></ReplyTo></Header><Body><Hello>"
        f"<EndpointReference><Address>{address}</Address></EndpointReference></Hello></Body></Envelope>".encode()
    )
    assert fields == {"uuid": ("ab-1",), "action": ("Hello",)}


@pytest.mark.parametrize(
    ("host", "mac"),
    [
        ("fe80::4647:ccff:fe00:1122", ("44:47:cc:00:11:22",)),
        ("fe80::4647:ccff:fe00:1122%eth0", ("44:47:cc:00:11:22",)),
        ("fe80::1", None),
        ("fe80::zzzz", None),
        ("fe80:::::", None),
        ("2001:db8::4647:ccff:fe00:1122", None),
    ],
)
def test_a_link_local_address_made_from_a_mac_gives_it(host: str, mac: tuple[str, ...] | None) -> None:
    assert decode(f"<XAddrs>http://[{host}]/onvif</XAddrs>".encode()).get("mac") == mac


def test_of_several_matches_the_first_is_read() -> None:
    match = "<ProbeMatch><Scopes>onvif://www.onvif.org/hardware/{}</Scopes></ProbeMatch>"
    text = f"<ProbeMatches>{match.format('A1')}{match.format('B2')}</ProbeMatches>"
    assert decode(text.encode())["scope_hardware"] == ("A1",)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('<env:Text xml:lang="en">the xml format error</env:Text>', "the xml format error"),
        ("<E><Fault><faultstring>405 Method Not Allowed</faultstring></Fault></E>", "405 Method Not Allowed"),
    ],
)
def test_a_fault_is_read(text: str, fault: str) -> None:
    assert decode(text.encode()) == {"fault": (fault,)}


@pytest.mark.parametrize(
    "other",
    [
        b"",
        b"no markup",
        b"<Envelope><Body><Bye><EndpointReference><Address>uuid:1</Address></EndpointReference></Bye></Body></Envelope>",
        b"<Envelope><Body><ProbeMatches/></Body></Envelope>",
        b"<html><body>hello</body></html>",
        b"<!DOCTYPE a><ProbeMatch/>",
        *(request.render("192.0.2.1", "1") for request in PROTOCOL.requests),
    ],
)
def test_what_is_no_answer_is_refused(other: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(other)


def test_the_same_device_asked_twice_says_the_same_thing() -> None:
    first = capture("wsdiscovery", "hikvision_DS-2CD2143G2-I_unknown")
    second = first.replace(b"0d6f2f50-0c8d", b"ffffffff-0000").replace(b'MessageNumber="42"', b'MessageNumber="43"')
    assert first != second
    assert _masked(first) == _masked(second)
    assert b"<d:Scopes>" in _masked(first)


def _masked(data: bytes) -> bytes:
    for pattern in PROTOCOL.volatile:
        data = pattern.sub(b"", data)
    return data
