"""WS-Discovery as ONVIF uses it: a SOAP question on UDP 3702, answered by cameras and recorders, but by printers and
Windows too.

Devices differ in which spelling of the question they answer, so there are four. Elements are found by local name: some
leave out the envelope, use prefixes that they never declare, or answer with a fault. What a scope says is kept as text;
prefixes and namespaces are boilerplate of the SDK and are not kept. Public source: WS-Discovery of April 2005, ONVIF
Core Specification section 7.
"""

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv6Address

from lxml import etree

from camscan.errors import DecodeError, QuestionError
from camscan.probe import Protocol, Request, Udp
from camscan.protocols.gather import gather
from camscan.protocols.markup import elements, local_name, parse_xml
from camscan.protocols.onvif_scope import read_scopes
from camscan.reply import Fields

PORT = 3702
GROUP = "239.255.255.250"
GROUP6 = "ff02::c"
SCOPE_WORDS_LIMIT = 256  # words of one scope list; the longest list seen has 20 scopes

_PROBE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"{namespace}>'
    "<e:Header><w:MessageID>uuid:{{id}}</w:MessageID>"
    '<w:To e:mustUnderstand="true">urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>'
    '<w:Action e:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header>'
    "<e:Body><d:Probe>{types}</d:Probe></e:Body></e:Envelope>"
)
_SPELLINGS = (
    ("dn:NetworkVideoTransmitter", "http://www.onvif.org/ver10/network/wsdl"),
    ("tds:Device", "http://www.onvif.org/ver10/device/wsdl"),
    ("wsdp:Device", "http://schemas.xmlsoap.org/ws/2006/02/devprof"),
)


def _probe(types: str = "", namespace: str = "") -> Request:
    prefix = types.partition(":")[0]
    text = _PROBE.format(
        namespace=f' xmlns:{prefix}="{namespace}"' if types else "",
        types=f"<d:Types>{types}</d:Types>" if types else "",
    )
    return Request(name=f"Probe {types or 'any type'}", payload=text.encode("ascii"))


_ANSWERS = ("ProbeMatch", "ResolveMatch", "Hello")
_NOT_ANSWERS = ("Probe", "Resolve", "Bye")

_LINK_LOCAL = re.compile(r"\[(fe80:[0-9a-f:]{2,40})(?:%[^\]]*)?\]", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def decode(data: bytes) -> Fields:
    """A `ProbeMatches`, `Hello` or fault → type, scope_name, scope_hardware, scope_location, scope_mac, scope_other,
    xaddr, mac, uuid, action, fault, fault_code.

    Of several matches in one reply the first is read: it is the sender's own, and a mixture would be nobody's.
    """
    root = parse_xml(data)
    answers = [element for element in root.iter() if local_name(element) in _ANSWERS]
    if not answers and any(local_name(element) in _NOT_ANSWERS for element in root.iter()):
        raise QuestionError("a question or a farewell, not an answer")
    part = answers[0] if answers else root
    fields = gather([*_read(part), *_read_fault(root), ("action", local_name(part) if answers else "")])
    if fields.keys() <= {"action"}:
        raise DecodeError("nothing of WS-Discovery")
    return fields


def _read(part: etree._Element) -> Iterator[tuple[str, str | None]]:
    for name, text, parent in elements(part):
        if name == "Types":
            yield from (("type", word.rpartition(":")[2]) for word in text.split())
        elif name == "Scopes":
            yield from read_scopes(_split_scopes(text))
        elif name == "XAddrs":
            yield from (("xaddr", word) for word in text.split())
            yield from (("mac", _mac(found)) for found in _LINK_LOCAL.findall(text))
        elif name == "Address" and parent == "EndpointReference":
            yield "uuid", text.lower().removeprefix("urn:").removeprefix("uuid:")


def _mac(address: str) -> str:
    """The MAC that an interface made its link-local address from (RFC 4291, appendix A); '' where it did not."""
    try:
        identifier = IPv6Address(address).packed[8:]
    except AddressValueError:
        return ""
    if identifier[3:5] != b"\xff\xfe":
        return ""
    return bytes((identifier[0] ^ 2, *identifier[1:3], *identifier[5:])).hex(":")


def _read_fault(root: etree._Element) -> Iterator[tuple[str, str | None]]:
    for name, text, parent in elements(root):
        if name == "faultstring" or (name == "Text" and parent in ("Reason", "")):
            yield "fault", text
        elif name == "Value" and parent == "Subcode":
            yield "fault_code", text.rpartition(":")[2]


def _split_scopes(text: str) -> list[str]:
    """The scopes of a list. A word that begins no URI belongs to the one before: some devices send raw spaces."""
    scopes: list[str] = []
    listed = text.partition("<")[0]  # an escaped closing tag ends the list that it failed to end
    for word in listed.split()[:SCOPE_WORDS_LIMIT]:
        if scopes and not _SCHEME.match(word):
            scopes[-1] = f"{scopes[-1]} {word}"
        else:
            scopes.append(word)
    return scopes


PROTOCOL = Protocol(
    name="wsdiscovery",
    title="WS-Discovery (ONVIF)",
    channel=Udp(port=PORT, group=GROUP, group6=GROUP6, unicast=True, spread=0.5, reply_size=4000),
    requests=(*(_probe(types, namespace) for types, namespace in _SPELLINGS), _probe()),
    decode=decode,
    volatile=(
        re.compile(rb"<(?:[\w-]+:)?(?:MessageID|RelatesTo)\b[^>]*>[^<]*<"),
        re.compile(rb"<(?:[\w-]+:)?AppSequence\b[^>]*>"),
    ),
)
