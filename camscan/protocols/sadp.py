"""Hikvision SADP: one XML question on UDP 37020, answered by cameras, recorders, intercoms and their rebrands.

SADP also carries activation, reset and reboot; this codec can build `inquiry` and nothing else. No credentials are
needed: a reply names model, serial, firmware, MAC, addresses and activation state. Public source: the protocol as
documented by the open SADP clients (for example home-assistant and python `hikvision-sadp` projects); field notes in
`docs/protocols.md`.
"""

import re
from collections.abc import Iterator

from camscan.errors import DecodeError, QuestionError
from camscan.probe import Protocol, Request, Udp
from camscan.protocols.gather import gather
from camscan.protocols.markup import elements, local_name, parse_xml
from camscan.protocols.version import split_version
from camscan.reply import Fields

PORT = 37020
GROUP = "239.255.255.250"

INQUIRY = Request(
    name="inquiry",
    payload=b'<?xml version="1.0" encoding="utf-8"?><Probe><Uuid>{id}</Uuid><Types>inquiry</Types></Probe>',
)

_ROOTS = ("ProbeMatch", "Hello")
_FIELDS = {
    "DeviceDescription": "model",
    "DeviceType": "device_type",
    "DeviceSN": "serial",
    "MAC": "mac",
    "IPv4Address": "address",
    "IPv4SubnetMask": "netmask",
    "IPv4Gateway": "gateway",
    "IPv6Address": "address6",
    "DHCP": "dhcp",
    "HttpPort": "http_port",
    "CommandPort": "sdk_port",
    "SDKOverTLSPort": "sdk_tls_port",
    "SDKServerStatus": "sdk_enabled",
    "BootTime": "boot_time",
    "Activated": "activated",
    "PasswordResetAbility": "password_reset",
    "HCPlatformEnable": "cloud_enabled",
    "OEMInfo": "oem_info",
    "DetailOEMCode": "oem_code",
    "DSPVersion": "dsp_version",
    "AnalogChannelNum": "analogue_channels",
    "DigitalChannelNum": "digital_channels",
    "DiskNumber": "disks",
    "EZVIZCode": "cloud_code",
}


def decode(data: bytes) -> Fields:
    """A `ProbeMatch` or `Hello` → model, serial, firmware, build, mac, address, ports, activated, oem_info …"""
    root = parse_xml(data)
    if local_name(root) == "Probe":
        raise QuestionError("a question, not an answer")
    if local_name(root) not in _ROOTS:
        raise DecodeError(f"SADP root is {local_name(root)}, not ProbeMatch or Hello")
    fields = gather(pair for name, text, _ in elements(root) for pair in _read(name, text))
    if not fields:  # WS-Discovery has the same two roots
        raise DecodeError("no element of SADP")
    return fields


def _read(name: str, text: str) -> Iterator[tuple[str, str | None]]:
    """The fields that one element gives."""
    if name in _FIELDS:
        yield _FIELDS[name], _boolean(text)
    if name == "SoftwareVersion":
        yield from zip(("firmware", "build"), split_version(text), strict=True)


def _boolean(text: str) -> str:
    """The makers' own misspelling of false is put right; anything else stays as it is."""
    return "false" if text.lower() == "flase" else text


PROTOCOL = Protocol(
    name="sadp",
    title="Hikvision SADP",
    channel=Udp(port=PORT, group=GROUP, broadcast=True, unicast=True, reply_size=2000),
    requests=(INQUIRY,),
    decode=decode,
    volatile=(
        re.compile(rb"<Uuid>[^<]*</Uuid>"),
        re.compile(rb"<BootTime>[^<]*</BootTime>"),
        re.compile(rb"<Salt>[^<]*</Salt>"),
    ),
)
