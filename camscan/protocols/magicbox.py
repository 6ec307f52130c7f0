"""Dahua magicBox.cgi: `key=value` lines that name model, firmware and serial, after a login.

Asked without credentials a device answers 401, and the realm of that 401, which HTTP reads, is why it is asked at all;
the lines come from recordings, or from a device that asks for no login. `type=31` on recorders is a number of the
maker's, no model. `updateSerial` names the maker's own model behind a rebrand. Public source: Dahua's HTTP API
documents and replies published with open integrations; field notes in `docs/protocols.md`.
"""

import re
from collections.abc import Iterator

from camscan.errors import DecodeError
from camscan.probe import Dialogue, Endpoint, OverHttp, Protocol
from camscan.protocols.gather import gather
from camscan.protocols.http_message import as_text
from camscan.protocols.http_request import get
from camscan.protocols.version import split_version
from camscan.reply import Fields

LINES_LIMIT = 64  # the longest answer known has seven
DEVICE_TYPE = get("device type", "/cgi-bin/magicBox.cgi?action=getDeviceType", protocol="magicbox")

_FIELDS = {
    "type": "device_type",
    "deviceType": "device_type",
    "class": "device_class",
    "serialNumber": "serial",
    "sn": "serial",
    "updateSerial": "maker_model",
    "vendor": "manufacturer",
    "processor": "processor",
    "hardwareVersion": "hardware_version",
    "name": "name",
}
_LINE = re.compile(r"\s*([A-Za-z][A-Za-z0-9]{0,40}|table\.[A-Za-z][A-Za-z0-9.\[\]]{0,80})\s*=(.*)")
_TABLE = "table."
_VERSIONS = ("version", "softwareVersion")
_KEYS = {*_FIELDS, *_VERSIONS, "BuildDate", "appAutoStart", "updateSerialCloudUpgrade", "table.General.MachineName"}
_MODEL_TYPES = ("type", "deviceType")
_NO_MODEL = re.compile(r"\d*|IP ?Camera|IPC|NVR|DVR|XVR|HCVR|VTO|VTH", re.IGNORECASE)


def dialogue(endpoint: Endpoint) -> Dialogue:
    """One question, without credentials."""
    yield DEVICE_TYPE


def decode(data: bytes) -> Fields:
    """Lines of `key=value` → model, device_type, firmware, build, serial, maker_model, manufacturer …"""
    lines = [line for line in as_text(data).replace("\0", "").splitlines() if line.strip()]
    if not 0 < len(lines) <= LINES_LIMIT:
        raise DecodeError(f"{len(lines)} lines, not an answer of magicBox.cgi")
    found = [(match[1], match[2].strip()) for match in map(_LINE.fullmatch, lines) if match]
    if len(found) < len(lines) or not any(key in _KEYS for key, _ in found):
        raise DecodeError("not an answer of magicBox.cgi")
    return gather([pair for key, value in found for pair in _pairs(key, value)])


def _pairs(key: str, value: str) -> Iterator[tuple[str, str]]:
    if key in _FIELDS:
        yield _FIELDS[key], value
    if key in _MODEL_TYPES and not _NO_MODEL.fullmatch(value):
        yield "model", value
    if key in _VERSIONS:
        firmware, build = split_version(value)
        yield from (("firmware", firmware), ("build", build))
    if key == "BuildDate":
        yield "build", value
    if key.startswith(_TABLE):
        yield "config_table", key.removeprefix(_TABLE)
    if key == "table.General.MachineName":
        yield "name", value


PROTOCOL = Protocol(
    name="magicbox",
    title="Dahua magicBox.cgi",
    channel=OverHttp(),
    requests=(DEVICE_TYPE,),
    decode=decode,
    dialogue=dialogue,
)
