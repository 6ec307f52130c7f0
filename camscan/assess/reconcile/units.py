"""Devices of the inventory, or of a scan's result, as units that a list is held against. What answers for many
addresses is none of them.
"""

from collections.abc import Iterable

from camscan.model import Device
from camscan.reconciliation import Unit
from camscan.register import Listed

_TOLD = ("serial", "mac", "vendor", "brand", "model", "firmware", "build", "kind", "site")
NEEDED = (*_TOLD, "address", "addresses")
"""The attributes of the register that a unit is made of."""

_MIDDLEBOX = "middlebox"  # the kind under which the register keeps it


def units_of_register(devices: Iterable[Listed]) -> list[Unit]:
    """A unit for each device of the register."""
    return [
        Unit(
            id=device.id,
            addresses=_addresses(device),
            **{name: device.values.get(name) for name in _TOLD},
            last_seen=device.last_seen,
            gone=device.gone,
            further_serials=device.further_serials,
            further_macs=device.further_macs,
        )
        for device in devices
        if device.values.get("kind") != _MIDDLEBOX
    ]


def units_of_scan(devices: Iterable[Device]) -> list[Unit]:
    """A unit for each device of a scan."""
    return [
        Unit(
            id=device.id,
            addresses=tuple(dict.fromkeys((device.address, *device.addresses))),
            **{name: getattr(device, name) for name in _TOLD},
            last_seen=device.last_seen,
        )
        for device in devices
        if device.middlebox is None
    ]


def middleboxes_of_register(devices: Iterable[Listed]) -> frozenset[str]:
    """The addresses that the register knows of them."""
    boxes = (device for device in devices if device.values.get("kind") == _MIDDLEBOX)
    return frozenset(address for device in boxes for address in _addresses(device))


def middleboxes_of_scan(devices: Iterable[Device]) -> frozenset[str]:
    """The addresses for which they answer."""
    boxes = (device for device in devices if device.middlebox is not None)
    return frozenset(address for device in boxes for address in device.addresses)


def _addresses(device: Listed) -> tuple[str, ...]:
    main = device.values.get("address")
    others = device.values.get("addresses", "").split()
    return tuple(dict.fromkeys([main, *others] if main else others))
