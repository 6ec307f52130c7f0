"""ONVIF device service: SOAP over HTTP, three read-only questions at most, all of them without credentials.

The date may be asked for by anybody; scopes and device information mostly need a login, and a fault says so. Whoever
does not answer the first question as SOAP is asked no more. Users, streams, snapshots and event subscriptions are
never asked for. The owner's credential, where there is one, asks for the device information once more, in
`transport/soap.py`. Follows the ONVIF core specification and its `devicemgmt.wsdl`.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from camscan.errors import DecodeError
from camscan.model import Fields
from camscan.probe import Dialogue, Endpoint, OverHttp, Protocol, Request
from camscan.protocols.gather import gather
from camscan.protocols.http_request import post
from camscan.protocols.markup import elements, parse_xml
from camscan.protocols.onvif_scope import read_scopes
from camscan.protocols.version import split_version

SERVICE = "/onvif/device_service"
_NAMESPACE = "http://www.onvif.org/ver10/device/wsdl"


def _question(name: str, operation: str) -> Request:
    envelope = (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
        f'<{operation} xmlns="{_NAMESPACE}"/></s:Body></s:Envelope>'
    )
    content_type = f'application/soap+xml; charset=utf-8; action="{_NAMESPACE}/{operation}"'
    return post(name, SERVICE, envelope.encode("ascii"), content_type, protocol="onvif")


DATE = _question("system date and time", "GetSystemDateAndTime")
SCOPES = _question("scopes", "GetScopes")
DEVICE_INFORMATION = _question("device information", "GetDeviceInformation")
WITH_CREDENTIAL = Request(
    name="GetDeviceInformation with credential",
    payload=b"",  # signed by zeep, see transport/soap.py
    purpose="owner's credential",
    protocol="onvif",
    path=SERVICE,
)

_FIELDS = {
    "Manufacturer": "manufacturer",
    "Model": "model",
    "SerialNumber": "serial",
    "HardwareId": "hardware_id",
}
_ANSWERS = (
    "GetDeviceInformationResponse",
    "GetScopesResponse",
    "GetSystemDateAndTimeResponse",
    "Fault",
)
_CLOCK = ("Year", "Month", "Day", "Hour", "Minute", "Second")
_SOAP = re.compile(rb"<(?:[\w.-]{1,40}:)?Envelope\b")

Element = tuple[str, str, str]
"""Local name, text, local name of the parent."""


def dialogue(endpoint: Endpoint) -> Dialogue:
    """The date first; the rest only of a device that answers in SOAP."""
    reply = yield DATE
    if reply and _SOAP.search(reply):
        yield SCOPES
        yield DEVICE_INFORMATION


def decode(data: bytes) -> Fields:
    """A SOAP answer → manufacturer, model, firmware, build, serial, hardware_id; scope_name …; utc_time; fault."""
    found = list(elements(parse_xml(data)))
    answer = next((name for name, _, _ in found if name in _ANSWERS), None)
    if answer is None:
        raise DecodeError("no answer of the ONVIF device service")
    if answer == "Fault":
        return gather([("answer", answer), *_fault(found)])
    return gather([("answer", answer), *_information(found), *_scopes(found), *_time(found)])


def _information(found: list[Element]) -> Iterator[tuple[str, str]]:
    for name, text, parent in found:
        if parent == "GetDeviceInformationResponse":
            if name in _FIELDS:
                yield _FIELDS[name], text
            if name == "FirmwareVersion":
                yield from zip(("firmware", "build"), split_version(text), strict=True)


def _scopes(found: list[Element]) -> Iterator[tuple[str, str]]:
    return read_scopes(text for name, text, _ in found if name == "ScopeItem")


def _time(found: list[Element]) -> Iterator[tuple[str, str]]:
    """The device's clock in UTC, as the numbers it gave."""
    start = next((i for i, (name, _, _) in enumerate(found) if name == "UTCDateTime"), None)
    if start is not None:
        parts = {
            name: text for name, text, _ in reversed(found[start : start + 10]) if text.isascii() and text.isdigit()
        }
        if all(name in parts for name in _CLOCK):
            year, month, day, hour, minute, second = (parts[name][:4].zfill(2) for name in _CLOCK)
            yield "utc_time", f"{year}-{month}-{day}T{hour}:{minute}:{second}Z"


def utc_seconds(fields: Fields) -> float | None:
    """The device's clock as seconds since the epoch, where the fields tell it and it is a time."""
    try:
        return datetime.strptime(fields["utc_time"][0], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    except (KeyError, ValueError, OverflowError):
        return None


def _fault(found: list[Element]) -> Iterator[tuple[str, str]]:
    for name, text, parent in found:
        if (name == "Value" and parent in ("Code", "Subcode")) or (name == "Text" and parent == "Reason"):
            yield "fault", text
        if name in ("faultcode", "faultstring"):
            yield "fault", text


PROTOCOL = Protocol(
    name="onvif",
    title="ONVIF device service",
    channel=OverHttp(),
    requests=(DATE, SCOPES, DEVICE_INFORMATION, WITH_CREDENTIAL),
    decode=decode,
    dialogue=dialogue,
    volatile=(
        re.compile(rb"<(?:\w+:)?(?:Year|Month|Day|Hour|Minute|Second|DateTime|Created|MessageID|RelatesTo)>[^<]*</"),
    ),
)
