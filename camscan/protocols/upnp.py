"""UPnP device description: the XML page that an SSDP reply named, read once with a plain GET. Where it is that of a
gateway, the gateway's port mappings are read too (`upnp_mapping.py`).

The paths come from a device, so they are hostile: only a plain path is asked for, without a query and outside the
folders where devices keep their programs. Public source: UPnP Device Architecture 1.1, section 2.
"""

import re
from dataclasses import replace

from lxml import etree

from camscan.errors import DecodeError
from camscan.probe import Announced, Dialogue, Endpoint, Protocol
from camscan.protocols import upnp_mapping
from camscan.protocols.gather import gather
from camscan.protocols.http_message import body_of
from camscan.protocols.http_request import get
from camscan.protocols.markup import local_name, parse_xml, text_of
from camscan.protocols.page import ACTIONS
from camscan.reply import Fields

DESCRIPTION = get("description", "/", protocol="upnp", accept="text/xml, application/xml")

_PLAIN_PATH = re.compile(r"/[A-Za-z0-9._~/:@$+,=-]{0,200}")

_FIELDS = {
    "deviceType": "device_type",
    "friendlyName": "name",
    "manufacturer": "manufacturer",
    "manufacturerURL": "manufacturer_url",
    "modelName": "model",
    "modelNumber": "model_number",
    "modelDescription": "description",
    "serialNumber": "serial",
    "firmwareVersion": "firmware",
    "macAddress": "mac",
    "UDN": "uuid",
    "presentationURL": "presentation_url",
}


def describe(endpoint: Endpoint, path: str) -> Dialogue:
    """Asks for the description at this path of a LOCATION, and for the port mappings of the gateway that it describes;
    asks nothing where a path is not a plain one."""
    if not _is_plain(path):
        return
    reply = yield replace(DESCRIPTION, path=path)
    left = upnp_mapping.MAPPINGS_LIMIT
    for service, control in upnp_mapping.control_paths(endpoint, path, body_of(reply)).items():
        before: bytes | None = None
        for index in range(left if _is_plain(control) else 0):
            left -= 1
            entry = body_of((yield upnp_mapping.mapping(service, control, index)))
            if entry == before or not _is_entry(entry):
                break
            before = entry


def _is_plain(path: str) -> bool:
    return bool(_PLAIN_PATH.fullmatch(path)) and not ACTIONS.search(path)


def _is_entry(body: bytes) -> bool:
    """Whether there may be another one after it."""
    try:
        return "external_port" in decode(body)
    except DecodeError:
        return False


def decode(data: bytes) -> Fields:
    """A description → manufacturer, model, model_number, name, serial, uuid, device_type … of its root device; an entry
    of the port mappings or a refusal → what `upnp_mapping.decode` says."""
    root = parse_xml(data)
    device = next((e for e in root.iter() if local_name(e) == "device"), None)
    if device is None:
        fields = upnp_mapping.decode(root)
        if not fields:
            raise DecodeError("no device in the description, and no port mapping")
        return fields
    fields = gather((_FIELDS[name], text) for name, text in _children(device) if name in _FIELDS)
    if not fields:
        raise DecodeError("a device without description")
    return fields


def _children(device: etree._Element) -> list[tuple[str, str]]:
    """(name, text) of its own elements only: devices embedded in it have elements of the same names."""
    pairs = [(local_name(child), text_of(child)) for child in device]
    return [(name, text.removeprefix("uuid:") if name == "UDN" else text) for name, text in pairs]


PROTOCOL = Protocol(
    name="upnp",
    title="UPnP description",
    channel=Announced(),
    requests=(DESCRIPTION, *upnp_mapping.QUESTIONS.values()),
    decode=decode,
)
