"""The emulated site: its segments, its devices, and what is true of each.

Data lies in `site/*.toml` (devices and segments) and `shapes/*.toml` (forms of replies, written anew from published
ones; serial numbers and the tails of MAC addresses are invented, their prefixes are the makers' own). A mistake in
them raises `CannotRunError` naming file and device, before any socket is opened.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

from camscan.errors import CannotRunError
from camscan.lab.device import Device, parse_device
from camscan.lab.service import Shape, parse_shape

_DIRECTORY = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One wire with its network. `scanner` is the address of the scanner, on the one segment where it stands."""

    name: str
    network: IPv4Network
    gateway: str
    scanner: str | None = None


@dataclass(frozen=True, kw_only=True)
class Site:
    """The whole site. The first segment is the one the scanner stands on; its gateway is a device that routes."""

    segments: tuple[Segment, ...]
    devices: tuple[Device, ...]

    @cached_property
    def wires(self) -> Mapping[str, Segment]:
        """The segments by name."""
        return {segment.name: segment for segment in self.segments}

    def is_foreign(self, device: Device) -> bool:
        """Whether the address does not belong to the network of the wire: a unit with its factory address."""
        return IPv4Address(device.address) not in self.wires[device.wire].network


def load_site(directory: Path = _DIRECTORY) -> Site:
    """The site that comes with camscan, or one laid out the same way. Raises `CannotRunError`."""
    shapes = dict(_load_shapes(directory / "shapes"))
    tables = [(path, _load(path)) for path in sorted((directory / "site").glob("*.toml"))]
    segments = tuple(_parse_segment(entry) for _, table in tables for entry in table.get("segment", ()))
    devices = tuple(
        parse_device(entry, shapes, _wire(entry, segments), f"{path.name}: {entry.get('id')}")
        for path, table in tables
        for entry in table.get("device", ())
    )
    _check_unique(devices)
    return Site(segments=segments, devices=devices)


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CannotRunError(f"{path}: {error}") from None


def _load_shapes(directory: Path) -> Iterator[tuple[str, Shape]]:
    for path in sorted(directory.glob("*.toml")):
        for table in _load(path)["shape"]:
            yield table["id"], parse_shape(table, f"{path.name}: {table['id']}")


def _parse_segment(table: dict[str, Any]) -> Segment:
    return Segment(**{**table, "network": IPv4Network(table["network"])})


def _wire(table: dict[str, Any], segments: tuple[Segment, ...]) -> str | None:
    """The segment the device says it is plugged into, else the one its address belongs to."""
    address = IPv4Address(table["address"])
    return table.get("wire") or next((one.name for one in segments if address in one.network), None)


def _check_unique(devices: tuple[Device, ...]) -> None:
    for name in ("id", "address", "mac"):
        values = [getattr(device, name) for device in devices]
        twice = {value for value in values if values.count(value) > 1}
        if twice:
            raise CannotRunError(f"lab: {name} {', '.join(sorted(twice))} stands twice")
