"""Dahua DHDiscover: one JSON question on UDP 37810, answered by cameras, recorders, door stations and their rebrands.

A datagram is a 32-byte DHIP header, little endian, and JSON; without the header no device answers. A single stray byte
draws the same reply, which makes the port an amplifier: this codec builds `DHDiscover.search` and nothing else, and
takes one datagram as one reply. Every field of a reply is optional. Public source: the question as open clients send it
(Rapid7's discovery script for Lorex among them), the reply as Shadowserver's report on DVR DHCPDiscover shows it.
"""

import json
import struct
from collections.abc import Iterator
from typing import Any

from camscan.errors import DecodeError, QuestionError
from camscan.probe import Protocol, Request, Udp
from camscan.protocols.gather import gather
from camscan.protocols.version import split_version
from camscan.reply import Fields

PORT = 37810
GROUP = "239.255.255.251"
DATAGRAM_LIMIT = 64 * 1024  # bytes: UDP carries no more

_HEADER = struct.Struct("<I4sIIIIII")  # its own size, magic, session, request, length, 0, length of this frame, 0
_MAGIC = b"DHIP"
_REPLY = "client.notifyDevInfo"


def frame(body: bytes) -> bytes:
    """The datagram that carries this JSON."""
    return _HEADER.pack(_HEADER.size, _MAGIC, 0, 0, len(body), 0, len(body), 0) + body


SEARCH = Request(
    name="DHDiscover.search",
    payload=frame(b'{ "method" : "DHDiscover.search", "params" : { "mac" : "", "uni" : 1 } }\n'),
)

_DEVICE = {
    "DeviceType": "model",
    "DeviceClass": "device_class",
    "SerialNo": "serial",
    "Vendor": "brand",
    "Manufacturer": "manufacturer",
    "MachineName": "name",
    "MachineGroup": "group",
    "DeviceID": "device_id",
    "HttpPort": "http_port",
    "HttpsPort": "https_port",
    "Port": "sdk_port",
    "Port3": "other_port",
    "AlarmInputChannels": "alarm_inputs",
    "AlarmOutputChannels": "alarm_outputs",
    "VideoInputChannels": "video_inputs",
    "VideoOutputChannels": "video_outputs",
    "RemoteVideoInputChannels": "remote_video_inputs",
    "Init": "init_mask",
    "UnLoginFuncMask": "open_functions_mask",
    "Find": "find_code",
    "FindVersion": "find_version",
}
_IPV4 = {"IPAddress": "address", "SubnetMask": "netmask", "DefaultGateway": "gateway", "DhcpEnable": "dhcp"}
_IPV6 = {"IPAddress": "address6", "LinkLocalAddress": "address6", "DefaultGateway": "gateway6"}


def decode(data: bytes) -> Fields:
    """A `client.notifyDevInfo` → model, serial, firmware, build, brand, manufacturer, mac, addresses, ports …"""
    message = _table(_read_json(_body(data)))
    if message.get("method") == "DHDiscover.search":
        raise QuestionError("a question, not an answer")
    if message.get("method") != _REPLY:
        raise DecodeError(f"DHDiscover method is not {_REPLY}")
    device = _table(_table(message.get("params")).get("deviceInfo"))
    fields = gather([("mac", _text(message.get("mac"))), *_read(device)])
    if not fields:
        raise DecodeError("no device information")
    return fields


def _body(data: bytes) -> bytes:
    if data[4:8] != _MAGIC or len(data) < _HEADER.size or len(data) > DATAGRAM_LIMIT:
        raise DecodeError("no DHIP header")
    return data[_HEADER.size :]


def _read_json(body: bytes) -> Any:
    """The JSON value these bytes begin with; what follows it (a line feed and a NUL) is not looked at."""
    text = body.decode("utf-8", "replace").lstrip()
    try:
        return json.JSONDecoder(strict=False).raw_decode(text)[0]
    except (ValueError, RecursionError) as error:
        raise DecodeError(f"not JSON: {error}") from None


def _read(device: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    ipv4, ipv6 = _table(device.get("IPv4Address")), _table(device.get("IPv6Address"))
    yield from ((name, _text(device.get(key))) for key, name in _DEVICE.items())
    yield from zip(("firmware", "build"), split_version(_text(device.get("Version")) or ""), strict=True)
    yield from ((name, _text(ipv4.get(key))) for key, name in _IPV4.items())
    yield from ((name, (_text(ipv6.get(key)) or "").partition("/")[0]) for key, name in _IPV6.items())


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    """A JSON scalar as text; None for null and for what is no scalar."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


PROTOCOL = Protocol(
    name="dhdiscover",
    title="Dahua DHDiscover",
    channel=Udp(port=PORT, group=GROUP, broadcast=True, unicast=True, reply_size=900),
    requests=(SEARCH,),
    decode=decode,
)
