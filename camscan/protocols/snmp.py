"""SNMP, read from recordings only: what a walk of the owner's network printed. A scan asks nothing here.

Reads snmprec lines (`oid|type|value`), the output of snmpwalk (`oid = TYPE: value`, numeric or by name), and listings
of one tree by its last number (`1: "value"`). Public source: RFC 3418; the trees as the makers' MIB files and the
LibreNMS definitions show them.
"""

import re
from collections.abc import Iterator

from camscan.errors import DecodeError
from camscan.probe import Protocol, Recorded
from camscan.protocols.gather import gather
from camscan.reply import Fields

LINES_LIMIT = 20_000  # a full walk of a switch has about that many; what identifies a device comes first
LINE_LIMIT = 4 * 1024  # characters

_ENTERPRISES = "1.3.6.1.4.1."
_SYSTEM = {
    "1.3.6.1.2.1.1.1": "sys_descr",
    "1.3.6.1.2.1.1.2": "sys_object_id",
    "1.3.6.1.2.1.1.5": "name",
}
_CAMERA_TREE = "1.3.6.1.4.1.39165.1"
_CAMERA = {
    f"{_CAMERA_TREE}.1": "model",
    f"{_CAMERA_TREE}.3": "firmware",
    f"{_CAMERA_TREE}.4": "mac",
    f"{_CAMERA_TREE}.6": "manufacturer",
}
_RECORDER_TREE = "1.3.6.1.4.1.50001.1"
_RECORDER = {
    f"{_RECORDER_TREE}.1": "address",
    f"{_RECORDER_TREE}.2": "sdk_port",
    f"{_RECORDER_TREE}.3": "serial",
}
_DAHUA = {
    "1.3.6.1.4.1.1004849.2.1.1.1": "firmware",
    "1.3.6.1.4.1.1004849.2.1.1.2": "hardware_version",
    "1.3.6.1.4.1.1004849.2.1.2.4": "serial",
    "1.3.6.1.4.1.1004849.2.1.2.5": "build",
    "1.3.6.1.4.1.1004849.2.1.2.6": "model",
    "1.3.6.1.4.1.1004849.2.1.2.7": "device_class",
    "1.3.6.1.4.1.1004849.2.1.2.9": "name",
    "1.3.6.1.4.1.1004849.2.1.2.11": "manufacturer",
}
_OIDS = _SYSTEM | _CAMERA | _RECORDER | _DAHUA
_PREFIXES = {
    "iso.": "1.",
    "SNMPv2-SMI::enterprises.": _ENTERPRISES,
    "SNMPv2-SMI::mib-2.": "1.3.6.1.2.1.",
    "SNMPv2-MIB::sysDescr.": "1.3.6.1.2.1.1.1.",
    "SNMPv2-MIB::sysObjectID.": "1.3.6.1.2.1.1.2.",
    "SNMPv2-MIB::sysName.": "1.3.6.1.2.1.1.5.",
    "DAHUA-SNMP-MIB::softwareRevision.": "1.3.6.1.4.1.1004849.2.1.1.1.",
    "DAHUA-SNMP-MIB::hardwareRevision.": "1.3.6.1.4.1.1004849.2.1.1.2.",
    "DAHUA-SNMP-MIB::serialNumber.": "1.3.6.1.4.1.1004849.2.1.2.4.",
    "DAHUA-SNMP-MIB::systemVersion.": "1.3.6.1.4.1.1004849.2.1.2.5.",
    "DAHUA-SNMP-MIB::deviceType.": "1.3.6.1.4.1.1004849.2.1.2.6.",
    "DAHUA-SNMP-MIB::deviceClass.": "1.3.6.1.4.1.1004849.2.1.2.7.",
    "DAHUA-SNMP-MIB::machineName.": "1.3.6.1.4.1.1004849.2.1.2.9.",
}

_LEAF = re.compile(r"([0-9]{1,5})\s?:\s?(.*)")
_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,24}:(?:\s|$)")
_OID = re.compile(r"[0-9]+(?:\.[0-9]+)+")
_CAMERA_FIRMWARE = re.compile(r"V\d+\.\d+\S* ?build ?\d{6}")
_VERSION = re.compile(
    r"(V?\d+(?:\.[0-9A-Za-z]+)+)?\W*(?:(build ?\d{6,8})|(?:Build Date:? ?)?(\d{4}-\d{2}-\d{2}))?", re.IGNORECASE
)
_MAC = re.compile(r"(?:[0-9A-Fa-f]{2}[:\- ]?){5}[0-9A-Fa-f]{2}")


def decode(data: bytes) -> Fields:
    """A listing → sys_descr, sys_object_id, enterprise, model, firmware, build, serial, manufacturer, mac …"""
    lines = [line[:LINE_LIMIT].strip() for line in data.decode("utf-8", "replace").splitlines()[:LINES_LIMIT]]
    pairs = list(_numbered(lines)) or list(_by_leaf(lines))
    if not pairs:
        raise DecodeError("no line of an SNMP listing")
    return gather(pairs)


def _numbered(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Fields of lines that carry whole OIDs."""
    for line in lines:
        oid, value = _snmprec(line) if "|" in line else _walked(line)
        if oid.startswith(_ENTERPRISES):
            yield "enterprise", _enterprise(oid)
        if oid:
            yield from _read(oid, value)


def _snmprec(line: str) -> tuple[str, str]:
    name, _, rest = line.partition("|")
    return _number(name), rest.partition("|")[2]


def _walked(line: str) -> tuple[str, str]:
    name, _, value = line.partition("=")
    return _number(name.strip()), _TYPE.sub("", value.strip(), count=1)


def _number(name: str) -> str:
    """The OID in digits, '' where the name is not known."""
    for prefix, number in _PREFIXES.items():
        if name.startswith(prefix):
            name = number + name.removeprefix(prefix)
    name = name.removeprefix(".")
    return name if _OID.fullmatch(name) else ""


def _enterprise(oid: str) -> str:
    """The registered number of the maker whose tree this is, '' outside the private trees."""
    return oid.split(".")[6] if oid.startswith(_ENTERPRISES) else ""


def _by_leaf(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Fields of a listing that does not name its tree: a camera's where line 3 is a firmware, else a recorder's."""
    leaves = [(found[1], found[2]) for line in lines if (found := _LEAF.fullmatch(line))]
    camera = any(leaf == "3" and _CAMERA_FIRMWARE.search(value) for leaf, value in leaves)
    tree = _CAMERA_TREE if camera else _RECORDER_TREE
    for leaf, value in leaves:
        yield from _read(f"{tree}.{leaf}", value)


def _read(oid: str, value: str) -> Iterator[tuple[str, str]]:
    field = _OIDS.get(oid.removesuffix(".0"), "")
    text = value.strip().strip('"').strip()
    if field == "sys_object_id":
        text = _number(text)
        yield "enterprise", _enterprise(text)
    if field in ("firmware", "build"):
        yield from ((name, part) for name, part in _version(text) if name == field or field == "firmware")
    elif field:
        yield field, _mac(text) if field == "mac" else text


def _version(text: str) -> Iterator[tuple[str, str]]:
    """`V5.10.0 build 260519`, `2.800.0000000.13.R`, `2.520.0000.18, Build Date:2017-06-29` → firmware and build."""
    match = _VERSION.match(text)
    if match:
        yield "firmware", match[1] or ""
        yield "build", match[2] or match[3] or ""


def _mac(text: str) -> str:
    """Lower case with colons; '' for anything else."""
    digits = re.sub(r"[:\- ]", "", text.removeprefix("0x")).lower() if _MAC.search(text) else ""
    return ":".join(digits[i : i + 2] for i in range(0, 12, 2)) if len(digits) == 12 else ""


PROTOCOL = Protocol(
    name="snmp",
    title="SNMP listing",
    channel=Recorded(),
    requests=(),
    decode=decode,
)
