"""Multicast DNS and DNS service discovery: one datagram of PTR questions on UDP 5353, answered with service names.

Makers put model and serial into the instance name; that name can be set by the owner. A reply that speaks of several
hosts comes from a reflector or a proxy and says nothing about its sender, so only its service types are read. Public
source: RFC 6762 and RFC 6763. python-zeroconf is used as a codec only: it opens no socket here, and it is imported when
the first reply is read, because it takes a tenth of a second.
"""

import re
import struct
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from typing import Any

from camscan.errors import DecodeError, QuestionError
from camscan.probe import Protocol, Request, Udp
from camscan.protocols.gather import gather
from camscan.reply import Fields

PORT = 5353
GROUP = "224.0.0.251"
GROUP6 = "ff02::fb"
DATAGRAM_LIMIT = 9000  # bytes: the most that RFC 6762 section 17 allows
RECORDS_LIMIT = 256  # records of one reply; a busy computer sends 30

_SERVICES = (
    "_services._dns-sd._udp",
    "_http._tcp",
    "_rtsp._tcp",
    "_onvif._tcp",
    "_psia._tcp",
    "_CGI._tcp",
    "_axis-video._tcp",
)
Pair = tuple[str, str | None]

_POINTER = 12
_UNICAST_INTERNET = 0x8001  # class IN; the top bit asks for a unicast answer (RFC 6762 section 5.4)


def _question(service: str) -> bytes:
    labels = [*service.encode("ascii").split(b"."), b"local", b""]
    return b"".join(bytes((len(label),)) + label for label in labels) + struct.pack(">HH", _POINTER, _UNICAST_INTERNET)


BROWSE = Request(
    name="browse services",
    payload=struct.pack(">6H", 0, 0, len(_SERVICES), 0, 0, 0) + b"".join(_question(s) for s in _SERVICES),
)

_NAME = re.compile(r"(?:(?P<instance>.+)\.)?(?P<service>_[^.]+\._(?:tcp|udp))\.local\.?", re.IGNORECASE | re.DOTALL)
_PORTS = {"_http._tcp": "http_port", "_https._tcp": "https_port", "_rtsp._tcp": "rtsp_port"}
_KEYS = {
    "model": "model",
    "md": "model",
    "ty": "model",
    "usb_mdl": "model",
    "manufacturer": "manufacturer",
    "vendor": "manufacturer",
    "usb_mfg": "manufacturer",
    "mac": "mac",
    "macaddress": "mac",
    "sn": "serial",
    "serial": "serial",
    "serialnumber": "serial",
    "firmware": "firmware",
    "fw": "firmware",
}


def decode(data: bytes) -> Fields:
    """A response → service, instance, host, address, address6, ports, and what a TXT names: model, mac, serial …"""
    records = [record for record in _read_records(data) if record.type in _READERS]
    pairs = [pair for record in records for pair in _READERS[record.type](record)]
    if len({value for name, value in pairs if name == "host"}) > 1:
        pairs = [(name, value) for name, value in pairs if name == "service"]
    fields = gather(pairs)
    if not fields:
        raise DecodeError("no record of DNS service discovery")
    return fields


def _read_records(data: bytes) -> list[Any]:
    from zeroconf import DNSIncoming  # type: ignore[attr-defined]  # public, but missing in its __all__

    if len(data) > DATAGRAM_LIMIT:
        raise DecodeError(f"longer than {DATAGRAM_LIMIT} bytes")
    message = DNSIncoming(data)
    records: list[Any] = message.answers()[:RECORDS_LIMIT]
    if not message.valid:
        raise DecodeError("not DNS")
    if message.is_query():
        raise QuestionError("a question, not an answer")
    return records


def _read_pointer(record: Any) -> Iterator[Pair]:
    yield from _read_name(record.alias)


def _read_server(record: Any) -> Iterator[Pair]:
    yield from _read_name(record.name)
    yield "host", record.server.removesuffix(".")
    yield _PORTS.get(_service(record.name), "other_port"), str(record.port)


def _read_text(record: Any) -> Iterator[Pair]:
    """The known keys of a TXT record; the value of any key may be any bytes."""
    yield from _read_name(record.name)
    for entry in _strings(record.text):
        key, _, value = entry.partition(b"=")
        name = _KEYS.get(key.decode("ascii", "replace").lower())
        if name:
            yield name, value.decode("utf-8", "replace")


def _strings(text: bytes) -> Iterator[bytes]:
    """The length-prefixed strings of a TXT record."""
    position = 0
    while position < len(text):
        end = position + 1 + text[position]
        yield text[position + 1 : end]
        position = end


def _read_address(record: Any) -> Iterator[Pair]:
    yield "host", record.name.removesuffix(".")
    if len(record.address) in (4, 16):
        address = ip_address(record.address)
        yield ("address" if address.version == 4 else "address6"), str(address)


_READERS: dict[int, Callable[[Any], Iterator[Pair]]] = {
    1: _read_address,
    12: _read_pointer,
    16: _read_text,
    28: _read_address,
    33: _read_server,
}
"""Record type (A, PTR, TXT, AAAA, SRV) → what reads it."""


def _read_name(name: str) -> Iterator[Pair]:
    found = _NAME.fullmatch(name)
    if found:
        yield "service", found["service"]
        yield "instance", found["instance"]


def _service(name: str) -> str:
    found = _NAME.fullmatch(name)
    return found["service"].lower() if found else ""


PROTOCOL = Protocol(
    name="mdns",
    title="Multicast DNS",
    channel=Udp(port=PORT, group=GROUP, group6=GROUP6, spread=0.5, reply_size=1500),
    requests=(BROWSE,),
    decode=decode,
)
