"""One emulated unit: what is true of it, what it answers, and the values its replies are filled with.

Serial numbers and the tails of MAC addresses are invented, their prefixes are the makers' own. A mistake in a
device's table raises `CannotRunError` naming file and device.
"""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address
from typing import Any

from camscan.errors import CannotRunError
from camscan.lab.answer import fill
from camscan.lab.service import Certificate, Service, Shape, merge, parse_shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What a scanner without credentials can say of a device; None where the network does not show it.

    `imitates` names a maker whose signs the device copies: to say *unknown*, or that maker together with an
    inconsistency, are both right.
    """

    vendor: str | None = None
    brand: str | None = None
    model: str | None = None
    firmware: str | None = None
    build: str | None = None
    serial: str | None = None
    kind: str | None = None
    imitates: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One emulated unit. `wire` is the name of the segment it is plugged into; its address may be foreign there."""

    id: str
    wire: str
    address: str
    mac: str
    truth: Truth
    services: tuple[Service, ...]
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def channels(self) -> frozenset[str]:
        """The protocols it answers, by camscan's names for them."""
        return frozenset(name for service in self.services for name in service.protocols)

    def known_values(self, address: str, ports: Mapping[int, int]) -> dict[str, bytes]:
        """What its templates are filled with when it stands at `address`, with some ports moved."""
        plain = self.mac.replace(":", "")
        values = {name: text for name, text in vars_of(self.truth).items() if text} | {
            "address": address,
            "mac": self.mac,
            "mac_dashes": self.mac.replace(":", "-"),
            "mac_plain": plain,
            "mac_upper": plain.upper(),
            "link_local": _link_local(self.mac),
            "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, self.id))[:24] + plain,
        }
        for name, port in self._ports().items():
            values[f"{name}_port"] = str(ports.get(port, port))
        web = values.get("http_port", "80")
        values["http_host"] = address if web == "80" else f"{address}:{web}"
        known = {name: text.encode() for name, text in values.items()}
        known["address_bytes"] = IPv4Address(address).packed
        known["mac_bytes"] = bytes.fromhex(plain)
        return known | {name: fill(text.encode(), known) for name, text in self.values.items()}

    def _ports(self) -> dict[str, int]:
        """The first port of every protocol."""
        ports: dict[str, int] = {}
        for service in self.services:
            for name in service.protocols:
                ports.setdefault(name, service.port)
        return ports


def vars_of(truth: Truth) -> dict[str, str | None]:
    """The attributes by name."""
    return {name: getattr(truth, name) for name in Truth.__slots__}


def _link_local(mac: str) -> str:
    first, *rest = (int(part, 16) for part in mac.split(":"))
    octets = [first ^ 2, rest[0], rest[1], 0xFF, 0xFE, *rest[2:]]
    groups = [f"{high << 8 | low:x}" for high, low in zip(octets[::2], octets[1::2], strict=True)]
    return "fe80::" + ":".join(groups)


def parse_device(table: dict[str, Any], shapes: Mapping[str, Shape], wire: str | None, where: str) -> Device:
    """A device from its TOML table. Raises `CannotRunError`."""
    if wire is None:
        raise CannotRunError(f"{where}: plugged in nowhere")
    try:
        spoken = [*(shapes[name] for name in table.get("speaks", ())), *_own_services(table, where)]
        device = Device(
            id=table["id"],
            wire=wire,
            address=table["address"],
            mac=table["mac"],
            truth=Truth(**table.get("truth", {})),
            services=_services(table, spoken),
            values={name: text for shape in spoken for name, text in shape.values.items()} | table.get("values", {}),
        )
        _check_names(device, where)
    except (KeyError, TypeError, ValueError, StopIteration) as error:
        raise CannotRunError(f"{where}: {type(error).__name__} {error}") from None
    return device


def _own_services(table: dict[str, Any], where: str) -> Iterator[Shape]:
    return (parse_shape(service, where) for service in table.get("service", ()))


def _services(table: dict[str, Any], spoken: list[Shape]) -> tuple[Service, ...]:
    """The services with the device's own ports and the way it answers, and its TLS port where it has one."""
    moved = {int(old): new for old, new in table.get("ports", {}).items()}
    to = table.get("answers_to", {})
    services = merge(
        replace(
            shape.service,
            port=moved.get(shape.service.port, shape.service.port),
            to=next((to[name] for name in shape.service.protocols if name in to), shape.service.to),
        )
        for shape in spoken
    )
    return (*services, *(_encrypted(entry, services) for entry in table.get("tls", ())))


def _encrypted(entry: dict[str, Any], services: tuple[Service, ...]) -> Service:
    """The answers of the port named by `like`, again, under TLS."""
    like = entry.get("like", 80)
    plain = next(service for service in services if service.transport == "tcp" and service.port == like)
    certificate = Certificate(
        subject=entry["subject"],
        issuer=entry.get("issuer", entry["subject"]),
        version=entry.get("version", "1.2"),
        key_bits=entry.get("key_bits", 2048),
    )
    return replace(plain, protocols=frozenset({"tls"}), port=entry["port"], certificate=certificate)


def _check_names(device: Device, where: str) -> None:
    known = frozenset(device.known_values(device.address, {}))
    for service in device.services:
        for answer in service.answers:
            unknown = answer.unknown_names(known)
            if unknown:
                raise CannotRunError(f"{where}: port {service.port}: nothing fills {', '.join(sorted(unknown))}")
