"""NetBox: the files that its bulk import takes, one for each kind of object, to be imported in the order of `PARTS`.

Columns are those of NetBox's import forms (`netbox/dcim/forms/bulk_import.py`, `netbox/ipam/forms/bulk_import.py`) from
version 4.2 on; objects are found by name. A device is called by its id in the inventory, which stays when its address
changes, so that importing it twice is refused by NetBox rather than done twice. `asset_tag` is the owner's to fill in.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from ipaddress import ip_address
from typing import TypeVar

from camscan.register import Unit
from camscan.report.csv import safe_cell, write_rows
from camscan.report.document import moment
from camscan.report.export.material import Material, members, open_ids, value

UNKNOWN = "Unknown"
INTERFACE = "lan"
GREY = "9e9e9e"  # the colour of a role, RGB; one must be given
NAME_LIMIT, SERIAL_LIMIT, SLUG_LIMIT, DESCRIPTION_LIMIT = 100, 50, 100, 200  # characters, as NetBox's models have them

_MAC = re.compile("[0-9a-f]{2}(:[0-9a-f]{2}){5}")

Key = TypeVar("Key", str, tuple[str, str])

Row = tuple[str | None, ...]
"""The cells of one object."""


def as_sites(material: Material) -> str:
    """The sites of the devices, and one for those of which nobody has said where they are."""
    names = _once(_site(unit) for unit in material.units)
    return write_rows(PARTS["sites"], ((name, slug, "active") for name, slug in _slugged(names)))


def as_manufacturers(material: Material) -> str:
    """The makers of the devices."""
    names = _once(_maker(unit, material) for unit in material.units)
    return write_rows(PARTS["manufacturers"], _slugged(names))


def as_roles(material: Material) -> str:
    """The kinds of device, as roles."""
    names = _once(_role(unit) for unit in material.units)
    return write_rows(PARTS["roles"], ((name, slug, GREY) for name, slug in _slugged(names)))


def as_device_types(material: Material) -> str:
    """The models."""
    pairs = _once((_maker(unit, material), _model(unit)) for unit in material.units)
    slugs = _slugs(f"{maker} {model}" for maker, model in pairs)
    rows = ((maker, model, slug, "0") for (maker, model), slug in zip(pairs, slugs, strict=True))
    return write_rows(PARTS["device-types"], rows)


def as_devices(material: Material) -> str:
    """The devices."""
    return write_rows(PARTS["devices"], (_device(unit, material) for unit in material.units))


def as_interfaces(material: Material) -> str:
    """One interface a device, which carries its addresses."""
    return write_rows(PARTS["interfaces"], ((unit.device.id, INTERFACE, "other") for unit in material.units))


def as_mac_addresses(material: Material) -> str:
    """The MAC of each device that has told one."""
    rows = ((value(unit, "mac"), unit.device.id, INTERFACE) for unit in material.units if _MAC.fullmatch(_mac(unit)))
    return write_rows(PARTS["mac-addresses"], rows)


def as_ip_addresses(material: Material) -> str:
    """The addresses of each device, the one by which it is known as its primary one. That comes last: NetBox takes a
    row that is not primary for a word that there is none."""
    rows = (row for unit in material.units if unit.device.gone is None for row in _addresses(unit))
    return write_rows(PARTS["ip-addresses"], rows)


PARTS: Mapping[str, tuple[str, ...]] = {
    "sites": ("name", "slug", "status"),
    "manufacturers": ("name", "slug"),
    "roles": ("name", "slug", "color"),
    "device-types": ("manufacturer", "model", "slug", "u_height"),
    "devices": (
        "name", "role", "manufacturer", "device_type", "serial", "asset_tag", "status", "site", "description",
        "comments",
    ),
    "interfaces": ("device", "name", "type"),
    "mac-addresses": ("mac_address", "device", "interface"),
    "ip-addresses": ("address", "status", "device", "interface", "is_primary"),
}  # fmt: skip
"""The columns of each file."""

RENDERERS: Mapping[str, Callable[[Material], str]] = {
    "sites": as_sites,
    "manufacturers": as_manufacturers,
    "roles": as_roles,
    "device-types": as_device_types,
    "devices": as_devices,
    "interfaces": as_interfaces,
    "mac-addresses": as_mac_addresses,
    "ip-addresses": as_ip_addresses,
}


def _device(unit: Unit, material: Material) -> Row:
    return (
        unit.device.id,
        _role(unit),
        _maker(unit, material),
        _model(unit),
        _bounded(value(unit, "serial"), SERIAL_LIMIT),
        None,
        "offline" if unit.device.gone is not None else "active",
        _site(unit),
        _bounded(" ".join(filter(None, (value(unit, "address"), value(unit, "firmware")))), DESCRIPTION_LIMIT),
        _comments(unit, material),
    )


def _comments(unit: Unit, material: Material) -> str:
    brand = value(unit, "brand")
    told = {
        "brand": None if brand is None else material.name(brand),
        **{name: value(unit, name) for name in ("firmware", "build", "mac", "uuid")},
        "first seen": moment(unit.device.first_seen),
        "last seen": moment(unit.device.last_seen),
        "open": " ".join(open_ids(unit)),
    }
    return "; ".join(f"{name}: {text}" for name, text in told.items() if text)


def _addresses(unit: Unit) -> Iterable[Row]:
    main = value(unit, "address")
    others = [text for text in _once(members(unit, "addresses")) if text != main]
    for text in filter(None, (*others, main)):
        try:
            address = ip_address(text.split("%")[0])
        except ValueError:
            continue
        yield f"{address}/{address.max_prefixlen}", "active", unit.device.id, INTERFACE, str(text == main).lower()


def _mac(unit: Unit) -> str:
    return value(unit, "mac") or ""


def _site(unit: Unit) -> str:
    return _bounded(value(unit, "site"), NAME_LIMIT) or UNKNOWN


def _role(unit: Unit) -> str:
    return _bounded(value(unit, "kind"), NAME_LIMIT) or UNKNOWN


def _model(unit: Unit) -> str:
    return _bounded(value(unit, "model"), NAME_LIMIT) or UNKNOWN


def _maker(unit: Unit, material: Material) -> str:
    return _bounded(material.name(value(unit, "vendor"), UNKNOWN), NAME_LIMIT) or UNKNOWN


def _bounded(text: str | None, limit: int) -> str | None:
    """As much of the text as fits a field, also with the apostrophes that keep it from being a formula: NetBox takes a
    file whole or not at all, and no device may spoil it."""
    while text and len(safe_cell(text)) > limit:
        text = text[:-1]
    return text or None


def _slugged(names: Sequence[str]) -> Iterable[Row]:
    return zip(names, _slugs(names), strict=True)


def _slugs(names: Iterable[str]) -> Iterator[str]:
    """A slug for each name, no two alike: where letters are lost by it, a digest tells it from others."""
    seen: set[str] = set()
    for name in names:
        plain = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")
        slug = plain
        if not name.isascii() or not 0 < len(plain) <= SLUG_LIMIT or plain in seen:
            digest = hashlib.sha256(name.encode("utf-8", "backslashreplace")).hexdigest()[:8]
            slug = f"{plain[: SLUG_LIMIT - len(digest) - 1]}-{digest}".lstrip("-")
        seen.add(slug)
        yield slug


def _once(values: Iterable[Key]) -> list[Key]:
    """Each value once, in the order of the alphabet."""
    return sorted(set(values))
