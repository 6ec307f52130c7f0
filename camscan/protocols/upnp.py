"""UPnP device description: the XML page that an SSDP reply named, read once with a plain GET.

The path comes from a device, so it is hostile: only a plain path is asked for, without a query and outside the folders
where devices keep their programs. Public source: UPnP Device Architecture 1.1, section 2.
"""

import re
from dataclasses import replace

from lxml import etree

from camscan.errors import DecodeError
from camscan.model import Fields
from camscan.probe import Announced, Dialogue, Protocol
from camscan.protocols.gather import gather
from camscan.protocols.http_request import get
from camscan.protocols.markup import local_name, parse_xml, text_of
from camscan.protocols.page import ACTIONS

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


def describe(path: str) -> Dialogue:
    """Asks for the description at this path of a LOCATION; asks nothing where the path is not a plain one."""
    if _PLAIN_PATH.fullmatch(path) and not ACTIONS.search(path):
        yield replace(DESCRIPTION, path=path)


def decode(data: bytes) -> Fields:
    """A description → manufacturer, model, model_number, name, serial, uuid, device_type … of its root device."""
    device = next((e for e in parse_xml(data).iter() if local_name(e) == "device"), None)
    if device is None:
        raise DecodeError("no device in the description")
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
    requests=(DESCRIPTION,),
    decode=decode,
)
