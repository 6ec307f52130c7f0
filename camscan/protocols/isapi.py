"""Hikvision ISAPI: `DeviceInfo` as XML or JSON, and what an ISAPI refusal gives away.

Asked without credentials, a device of the maker answers 401; the 401 is an HTTP reply and read there. A `DeviceInfo`
comes from a device that does not ask for a login, or from a recording. The same document is served under `/PSIA`, and
by rebrands under their own prefix and namespace; gateways and terminals at doors give it as JSON too. Public source:
the ISAPI developer guides and replies published with open integrations; field notes in `docs/protocols.md`. No request
ever carries `auth=`.
"""

from collections.abc import Iterator

from lxml import etree

from camscan.errors import DecodeError
from camscan.probe import Dialogue, Endpoint, OverHttp, Protocol
from camscan.protocols.gather import gather
from camscan.protocols.http_request import get
from camscan.protocols.json_object import read_object, scalar
from camscan.protocols.markup import elements, local_name, parse_xml
from camscan.protocols.version import split_version
from camscan.reply import Fields

DEVICE_INFO = get("device info", "/ISAPI/System/deviceInfo", protocol="isapi")

_FIELDS = {
    "deviceName": "name",
    "deviceID": "device_id",
    "deviceDescription": "device_description",
    "deviceLocation": "device_location",
    "systemContact": "contact",
    "model": "model",
    "serialNumber": "serial",
    "subSerialNumber": "short_serial",
    "macAddress": "mac",
    "deviceType": "device_type",
    "subDeviceType": "device_subtype",
    "manufacturer": "manufacturer",
    "OEMCode": "oem_code",
    "firmwareVersionInfo": "platform",
    "hardwareVersion": "hardware_version",
    "productionDate": "production_date",
}
_IDENTIFYING = ("model", "serialNumber", "macAddress", "firmwareVersion")
_NAMESPACES = {
    "hikvision.com": "hikvision",
    "isapi.org": "isapi",
    "std-cgi.com": "std-cgi",
    "psialliance": "psia",
}
_FAULTS = ("ResponseStatus", "userCheck")
_FAULT_FIELDS = ("statusString", "subStatusCode")


def dialogue(endpoint: Endpoint) -> Dialogue:
    """One question, without credentials."""
    yield DEVICE_INFO


def decode(data: bytes) -> Fields:
    """`DeviceInfo`, whole or cut → model, serial, mac, firmware, build, device_type, namespace …

    `ResponseStatus` and `userCheck` give `answer`, `fault` and `namespace` only.
    """
    if data.lstrip().startswith(b"{"):
        return _device_info(_json_elements(data), "")
    root = parse_xml(data)
    if local_name(root) in _FIELDS or local_name(root) in _IDENTIFYING:
        root = parse_xml(b"<DeviceInfo>" + data + b"</DeviceInfo>")
    answer = local_name(root)
    if answer in _FAULTS:
        faults = (("fault", text) for name, text, _ in elements(root) if name in _FAULT_FIELDS)
        return gather([("answer", answer), ("namespace", _namespace(root)), *faults])
    if answer != "DeviceInfo":
        raise DecodeError(f"ISAPI root is {answer}, not DeviceInfo")
    found = [(name, text) for name, text, parent in elements(root) if parent == "DeviceInfo"]
    return _device_info(found, _namespace(root))


def _json_elements(data: bytes) -> list[tuple[str, str]]:
    """The texts of `{"DeviceInfo": {…}}`, as the elements of the XML document would be."""
    info = read_object(data).get("DeviceInfo")
    if not isinstance(info, dict):
        raise DecodeError("JSON without a DeviceInfo")
    return [(name, scalar(value)) for name, value in info.items()]


def _device_info(found: list[tuple[str, str]], namespace: str) -> Fields:
    if not any(name in _IDENTIFYING and text for name, text in found):
        raise DecodeError("DeviceInfo without model, serial, MAC or firmware")
    pairs = [("answer", "DeviceInfo"), ("namespace", namespace)]
    pairs += [(_FIELDS[name], text) for name, text in found if name in _FIELDS]
    return gather([*pairs, *_versions(found)])


def _versions(found: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Version and build of the firmware: two elements, or one that holds both."""
    for name, text in found:
        if name == "firmwareVersion":
            firmware, build = split_version(text)
            yield from (("firmware", firmware), ("build", build))
        elif name == "firmwareReleasedDate":
            rest, build = split_version(text)
            yield "build", build or rest


def _namespace(root: etree._Element) -> str:
    """Whose namespace the document stands in: hikvision, isapi, std-cgi, psia; '' where it says none of these."""
    uri = str(root.tag).rpartition("}")[0]
    return next((name for part, name in _NAMESPACES.items() if part in uri), "")


PROTOCOL = Protocol(
    name="isapi",
    title="Hikvision ISAPI",
    channel=OverHttp(),
    requests=(DEVICE_INFO,),
    decode=decode,
    dialogue=dialogue,
)
