"""The port mappings of a UPnP gateway: what it lets in from outside, read entry by entry and never written.

One action is known here, `GetGenericPortMappingEntry`; those that add or delete a mapping cannot be built. It is asked
at the control path that the gateway's own description names, and nowhere else. Public sources: WANIPConnection:1 and :2
and WANPPPConnection:1 of the UPnP Forum, section "GetGenericPortMappingEntry"; UPnP Device Architecture 1.1, section 3.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urljoin

from lxml import etree

from camscan.errors import DecodeError
from camscan.probe import Endpoint, Request
from camscan.protocols.gather import gather
from camscan.protocols.http_request import post
from camscan.protocols.markup import elements, local_name, parse_xml, text_of
from camscan.protocols.page import path_at
from camscan.reply import Fields

MAPPINGS_LIMIT = 64  # entries read of one gateway: a house has a handful, an office a few dozen
SERVICES = tuple(
    f"urn:schemas-upnp-org:service:{name}" for name in ("WANIPConnection:1", "WANIPConnection:2", "WANPPPConnection:1")
)

_ACTION = "GetGenericPortMappingEntry"
_ANSWER = f"{_ACTION}Response"
_FIELDS = {
    "NewRemoteHost": "remote_host",
    "NewExternalPort": "external_port",
    "NewProtocol": "mapping_protocol",
    "NewInternalPort": "internal_port",
    "NewInternalClient": "internal_client",
    "NewEnabled": "mapping_enabled",
    "NewPortMappingDescription": "mapping_description",
    "NewLeaseDuration": "lease",
}
_NUMBERS = ("external_port", "internal_port", "lease")
_TRUTHS = {"1": "true", "true": "true", "yes": "true", "0": "false", "false": "false", "no": "false"}
_NUMBER = re.compile(r"\d{1,10}", re.ASCII)


def _question(service: str, indices: range) -> Request:
    """The entry at `{index}`, a number of as many digits as all of these have."""
    zeros = "0" * len(str(indices[0]))
    body = (
        '<?xml version="1.0"?>'
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
        ' s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>'
        f'<u:{_ACTION} xmlns:u="{service}"><NewPortMappingIndex>{zeros}</NewPortMappingIndex></u:{_ACTION}>'
        "</s:Body></s:Envelope>"
    ).encode("ascii")
    name = f"port mapping {indices[0]} to {indices[-1]} of {service.rpartition('service:')[2]}"
    action = f'SOAPAction: "{service}#{_ACTION}"\r\n'
    request = post(name, "", body, 'text/xml; charset="utf-8"', protocol="upnp", headers=action, keep=True)
    payload = request.payload.replace(f">{zeros}<".encode("ascii"), b">{index}<")
    return replace(request, payload=payload, reuse=True, times=len(indices))


_RANGES = (range(10), range(10, MAPPINGS_LIMIT))  # by digits: the length of the body is part of the payload
QUESTIONS = {(service, indices): _question(service, indices) for service in SERVICES for indices in _RANGES}


def mapping(service: str, path: str, index: int) -> Request:
    """The question for one entry of one of the `SERVICES`, at this control path."""
    request = next(q for (name, indices), q in QUESTIONS.items() if name == service and index in indices)
    return replace(request, path=path, index=index)


def control_paths(endpoint: Endpoint, here: str, description: bytes) -> dict[str, str]:
    """The control path of each service that holds mappings, where it lies on the endpoint whose description this is, at
    the path `here`. Empty where there is none, or the bytes are no description."""
    try:
        root = parse_xml(description)
        base = next((text for name, text, _ in elements(root) if name == "URLBase"), "")
        found: dict[str, str] = {}
        for service, url in _services(root):
            path = path_at(endpoint, here, urljoin(base, url))
            if service in SERVICES and url and path:
                found.setdefault(service, path)
    except (DecodeError, ValueError):
        return {}
    return found


def _services(root: etree._Element) -> Iterator[tuple[str, str]]:
    """(type, control URL as written) of every service, embedded devices included."""
    for service in (e for e in root.iter() if local_name(e) == "service"):
        texts = {local_name(child): text_of(child) for child in service}
        yield texts.get("serviceType", ""), texts.get("controlURL", "")


def decode(root: etree._Element) -> Fields | None:
    """An entry → external_port, internal_port, internal_client, mapping_protocol, mapping_enabled, mapping_description,
    lease, remote_host; a refusal → error_code, error_message (713: no more entries). None for anything else."""
    found = list(elements(root))
    if any(name == _ANSWER for name, _, _ in found):
        return gather((_FIELDS[name], _value(_FIELDS[name], text)) for name, text, _ in found if name in _FIELDS)
    if any(name == "UPnPError" for name, _, _ in found):
        named = {"errorCode": "error_code", "errorDescription": "error_message"}
        return gather((named[name], text) for name, text, _ in found if name in named)
    return None


def _value(field: str, text: str) -> str:
    if field in _NUMBERS:
        return text if _NUMBER.fullmatch(text) else ""
    return _TRUTHS.get(text.lower(), "") if field == "mapping_enabled" else text
