"""What an answer of ONVIF tells of the device's network interfaces, as `GetNetworkInterfaces` gives them.

Only enabled interfaces are read: another one is in no network. An address that is none, or stands for no address, is
left out. Follows `NetworkInterface` of the ONVIF schema (`onvif.xsd`).
"""

import re
from collections.abc import Iterator
from ipaddress import ip_address

from lxml import etree

from camscan.protocols.markup import local_name, text_of

INTERFACES_LIMIT = 16  # a camera has one or two; the largest recorder, with a switch for cameras built in, has four

_MAC = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}")
_PREFIX = re.compile(r"\d{1,3}", re.ASCII)

Pairs = Iterator[tuple[str, str]]


def read_interfaces(root: etree._Element) -> Pairs:
    """(field, value) of the enabled interfaces: interface_name, interface_mac, interface_address (`192.168.1.64/24`);
    mac where exactly one of them is told, for then it is the device's."""
    found = [e for e in root.iter() if local_name(e) == "NetworkInterfaces" and _is_enabled(e)][:INTERFACES_LIMIT]
    pairs = [pair for interface in found for pair in _read(interface)]
    yield from pairs
    if len(found) == 1:
        yield from (("mac", value) for name, value in pairs if name == "interface_mac")


def _is_enabled(interface: etree._Element) -> bool:
    return any(local_name(child) == "Enabled" and text_of(child) in ("true", "1") for child in interface)


def _read(interface: etree._Element) -> Pairs:
    for info in (child for child in interface if local_name(child) == "Info"):
        for entry in info:
            if local_name(entry) == "Name":
                yield "interface_name", text_of(entry)
            if local_name(entry) == "HwAddress":
                yield "interface_mac", _mac(text_of(entry))
    for family in (child for child in interface if local_name(child) in ("IPv4", "IPv6") and _is_enabled(child)):
        for texts in _addresses(family):
            yield "interface_address", _address(texts["Address"], texts["PrefixLength"])


def _addresses(family: etree._Element) -> Iterator[dict[str, str]]:
    """Address and PrefixLength of what is in use: with DHCP, one set by hand is left over from before."""
    uses_dhcp = any(local_name(e) == "DHCP" and text_of(e) not in ("", "false", "0", "Off") for e in family.iter())
    for element in family.iter():
        texts = {local_name(child): text_of(child) for child in element}
        if {"Address", "PrefixLength"} <= texts.keys() and not (uses_dhcp and local_name(element) == "Manual"):
            yield texts


def _mac(text: str) -> str:
    """Lower case with colons; '' for anything else."""
    mac = text.lower().replace("-", ":")
    return mac if _MAC.fullmatch(mac) else ""


def _address(text: str, length: str) -> str:
    """`192.168.1.64/24`; '' for what is no address of one host."""
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    fits = bool(_PREFIX.fullmatch(length)) and int(length) <= address.max_prefixlen
    return f"{address}/{int(length)}" if fits and not (address.is_unspecified or address.is_multicast) else ""
