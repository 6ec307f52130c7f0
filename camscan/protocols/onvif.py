"""ONVIF device and media service: SOAP over HTTP, six read-only questions at most, all of them without credentials.

The date may be asked for by anybody; the rest mostly needs a login, and a fault says so. Where it does not, anybody on
the network may read it, which is worth knowing. Whoever does not answer the first question as SOAP is asked no more.
Users, addresses of streams and snapshots, and event subscriptions are never asked for. The owner's credential, where
there is one, asks for the device information once more, in `transport/soap.py`. Follows the ONVIF core and media
specifications with their `devicemgmt.wsdl` and `media.wsdl`.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from camscan.errors import DecodeError
from camscan.probe import Dialogue, Endpoint, OverHttp, Protocol, Request
from camscan.protocols import volatile
from camscan.protocols.gather import gather
from camscan.protocols.http_message import message_in
from camscan.protocols.http_request import post
from camscan.protocols.markup import elements, parse_xml
from camscan.protocols.onvif_network import read_interfaces
from camscan.protocols.onvif_scope import read_scopes
from camscan.protocols.version import split_version
from camscan.reply import Fields

SERVICE = "/onvif/device_service"
MEDIA_SERVICES = ("/onvif/media_service", "/onvif/Media")  # as most devices call it, and as Hikvision's do
_DEVICE = "http://www.onvif.org/ver10/device/wsdl"
_MEDIA = "http://www.onvif.org/ver10/media/wsdl"


def _question(name: str, operation: str, namespace: str = _DEVICE, path: str = SERVICE) -> Request:
    envelope = (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
        f'<{operation} xmlns="{namespace}"/></s:Body></s:Envelope>'
    )
    content_type = f'application/soap+xml; charset=utf-8; action="{namespace}/{operation}"'
    return post(name, path, envelope.encode("ascii"), content_type, protocol="onvif", keep=True)


def _next_question(name: str, operation: str, namespace: str = _DEVICE, path: str = SERVICE) -> Request:
    """The same on the connection of the question before, where the device has left it open."""
    return replace(_question(name, operation, namespace, path), reuse=True)


DATE = _question("system date and time", "GetSystemDateAndTime")
SCOPES = _next_question("scopes", "GetScopes")
DEVICE_INFORMATION = _next_question("device information", "GetDeviceInformation")
NETWORK_INTERFACES = _next_question("network interfaces", "GetNetworkInterfaces")
PROFILES = _next_question("media profiles", "GetProfiles", _MEDIA, MEDIA_SERVICES[0])
PROFILES_ELSEWHERE = _next_question("media profiles, second path", "GetProfiles", _MEDIA, MEDIA_SERVICES[1])
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
    "GetNetworkInterfacesResponse",
    "GetProfilesResponse",
    "Fault",
)
_CLOCK = {"Year": (4,), **dict.fromkeys(("Month", "Day", "Hour", "Minute", "Second"), (1, 2))}
"""The parts of a time, and how many digits each may have."""
_SOAP = re.compile(rb"<(?:[\w.-]{1,40}:)?Envelope\b")

Element = tuple[str, str, str]
"""Local name, text, local name of the parent."""


def dialogue(endpoint: Endpoint) -> Dialogue:
    """The date first; the rest only of a device that answers in SOAP, and nothing more where it falls silent or refuses
    in another way."""
    reply = yield DATE
    if not _is_soap(reply):
        return
    yield SCOPES
    reply = yield DEVICE_INFORMATION
    if _is_soap(reply):
        yield NETWORK_INTERFACES
    if reply:
        reply = yield PROFILES
        if reply and not _is_soap(reply) and not _wants_login(reply):
            yield PROFILES_ELSEWHERE


def _is_soap(reply: bytes | None) -> bool:
    return bool(reply and _SOAP.search(reply))


def _wants_login(reply: bytes) -> bool:
    """Whether the path is there, for those who log in: some devices refuse before they read what they are asked."""
    message = message_in(reply)
    return message is not None and message.status in (401, 403)


def decode(data: bytes) -> Fields:
    """A SOAP answer → answer; manufacturer, model, firmware, build, serial, hardware_id; scope_name …; utc_time;
    interface_name, interface_mac, interface_address, mac; profile; fault."""
    root = parse_xml(data)
    found = list(elements(root))
    answer = next((name for name, _, _ in found if name in _ANSWERS), None)
    if answer is None:
        raise DecodeError("no answer of the ONVIF device or media service")
    if answer == "Fault":
        return gather([("answer", answer), *_fault(found)])
    told = (*_information(found), *_scopes(found), *_time(found), *_profiles(found), *read_interfaces(root))
    return gather([("answer", answer), *told])


def _profiles(found: list[Element]) -> Iterator[tuple[str, str]]:
    """The names of the media profiles: that they are told is what matters."""
    return (("profile", text) for name, text, parent in found if name == "Name" and parent == "Profiles")


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
        if all(len(parts.get(name, "")) in digits for name, digits in _CLOCK.items()):
            year, month, day, hour, minute, second = (parts[name].zfill(2) for name in _CLOCK)
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
    title="ONVIF device and media service",
    channel=OverHttp(),
    requests=(
        DATE,
        SCOPES,
        DEVICE_INFORMATION,
        NETWORK_INTERFACES,
        PROFILES,
        PROFILES_ELSEWHERE,
        WITH_CREDENTIAL,
    ),
    decode=decode,
    dialogue=dialogue,
    volatile=(volatile.SOAP,),
)
