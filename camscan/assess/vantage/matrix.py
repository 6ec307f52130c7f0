"""Several scans, from one vantage or more → who is reached from where.

The rule: a device is reached from a vantage where a scan from there heard it. It is not reached where everything that
is known of it was asked there, to the end, and nothing answered. Everything else is not asked, or cannot be said, and
the reason stands beside it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from ipaddress import ip_address

from camscan.assess.vantage.asked import Question
from camscan.assess.vantage.place import Place
from camscan.assess.vantage.seen import Behind, Seen, Unit
from camscan.assess.vantage.sightings import Agreeing, joined
from camscan.model import MAKERS, Device, ScanResult
from camscan.reach import Cell, DeviceReach, Matrix, ServiceReach, worst

_NAMED = ("vendor", "brand", "model", "firmware", "build", "serial", "mac", "kind")


def matrix(
    scans: Iterable[ScanResult],
    agreeing: Agreeing,
    *,
    every: bool = False,
    behind: Behind | None = None,
) -> Matrix:
    """The matrix over Hikvision and Dahua devices, or over `every` device whose maker is named. Each scan names its
    vantage; vantages come in the order of the scans. `agreeing` as in `sightings.joined`."""
    given = list(scans)
    newest_first = [given[place] for place in _by_age(given)]
    seen = Seen(newest_first, joined(newest_first, agreeing), behind or {})
    names = list(dict.fromkeys(scan.vantage for scan in given if scan.vantage))
    units = [unit for unit in seen.units if any(_is_wanted(s.device, every) for s in unit)]
    devices = [_reach(seen, unit, names) for unit in units]
    return Matrix(
        vantages=tuple(seen.vantage(name) for name in names),
        devices=tuple(sorted(devices, key=lambda one: _order(one.device))),
    )


def _by_age(scans: Sequence[ScanResult]) -> list[int]:
    """The places of the scans, the newest first; of two that began together the one given last."""
    return sorted(range(len(scans)), key=lambda place: (scans[place].started or 0.0, place), reverse=True)


def _is_wanted(device: Device, every: bool) -> bool:
    return device.vendor is not None if every else device.vendor in MAKERS


def _order(device: Device) -> tuple[int, int, str]:
    parsed = ip_address(device.address)
    return parsed.version, int(parsed), device.id


def _reach(seen: Seen, unit: Unit, names: Sequence[str]) -> DeviceReach:
    """One unit from every vantage."""
    places = [Place(seen, name, unit) for name in names]
    services = [_service(question, places) for question in _questions(unit)]
    return DeviceReach(
        device=_fused(unit),
        cells=tuple(_whole(place.cell(None), services, number) for number, place in enumerate(places)),
        addresses=tuple(place.addresses for place in places),
        services=tuple(services),
    )


def _questions(unit: Unit) -> list[Question]:
    """Every port at which the unit was heard by anybody."""
    heard: dict[tuple[str, int], set[str]] = defaultdict(set)
    for sighting in unit:
        for service in sighting.device.services:
            heard[service.transport, service.port].add(service.protocol)
    return [Question(*place, frozenset(protocols)) for place, protocols in sorted(heard.items())]


def _service(question: Question, places: Iterable[Place]) -> ServiceReach:
    return ServiceReach(
        transport=question.transport,
        port=question.port or 0,
        protocols=tuple(sorted(question.protocols)),
        cells=tuple(place.cell(question) for place in places),
    )


def _whole(itself: Cell, services: Iterable[ServiceReach], place: int) -> Cell:
    """The device as such and all its ports together, as far as a scan through a router can ask them."""
    return worst((itself, *(s.cells[place] for s in services if s.cells[place].counts)))


def _fused(unit: Unit) -> Device:
    """What all scans together know of it: of each attribute the surest value, of equals the newest."""
    devices = [sighting.device for sighting in unit]
    strongest = next((d for d in devices if not d.id.startswith("address-")), devices[0])
    addresses = tuple(dict.fromkeys(address for device in devices for address in device.addresses))
    values = {name: _surest(name, devices) for name in _NAMED}
    return replace(devices[0], id=strongest.id, addresses=addresses, **values)  # type: ignore[arg-type]


def _surest(name: str, devices: Sequence[Device]) -> str | None:
    known = [device for device in devices if getattr(device, name) is not None]
    best = max(known, key=lambda device: device.confidence.get(name, 0.0), default=None)
    return getattr(best, name, None)
