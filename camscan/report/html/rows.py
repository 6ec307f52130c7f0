"""What a device shows in the table and on its page, as far as it must be put together. Pure.

Ten thousand devices share one page: what is long is said once, and each row holds what is its own.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from camscan.dossier import Dossier, Heard, Sheet
from camscan.model import SEVERITIES, AdvisoryVerdict, Device, Finding, PolicyVerdict


class Row(NamedTuple):
    """A device: its `number` on the page, and what is open, ignored or cannot be said of it."""

    number: int
    sheet: Sheet
    device: Device
    maker: str
    brand: str
    place: str
    worst: str
    found: tuple[Finding, ...]
    affected: tuple[AdvisoryVerdict, ...]
    exploited: bool
    verdicts: tuple[PolicyVerdict, ...]
    ignored: tuple[Finding | AdvisoryVerdict, ...]


def rows_of(devices: Sequence[Sheet], dossier: Dossier) -> list[Row]:
    """A row for each, in their order."""
    return [_row(number, one, dossier) for number, one in enumerate(devices, 1)]


def _row(number: int, one: Sheet, dossier: Dossier) -> Row:
    device = one.device
    found = tuple(sorted((row for row in device.findings if row.is_open), key=_weight))
    affected = tuple(sorted((row for row in device.advisories if row.is_open), key=_pressing))
    weights = [*(SEVERITIES.index(x.severity) for x in found), *(SEVERITIES.index(x.severity) for x in affected)]
    return Row(
        number=number,
        sheet=one,
        device=device,
        maker=_called(device.vendor, dossier),
        brand=_called(device.brand if device.brand != device.vendor else None, dossier),
        place=", ".join(part for part in _place_of(one) if part),
        worst=SEVERITIES[max(weights)] if weights else "none",
        found=found,
        affected=affected,
        exploited=any(row.kev for row in affected),
        verdicts=tuple(row for row in device.verdicts if row.ignored is None),
        ignored=tuple(_ignored(device)),
    )


def _place_of(one: Sheet) -> tuple[str | None, ...]:
    where = one.where
    return one.device.site, where.building, where.room, where.district


def _called(identity: str | None, dossier: Dossier) -> str:
    return "" if identity is None else dossier.names.get(identity, identity)


def _weight(row: Finding) -> tuple[int, str]:
    return -SEVERITIES.index(row.severity), row.id


def _pressing(row: AdvisoryVerdict) -> tuple[bool, int, str]:
    return not row.kev, -SEVERITIES.index(row.severity), row.id


def _ignored(device: Device) -> Iterator[Finding | AdvisoryVerdict]:
    """What would call for something, if its owner had not decided otherwise."""
    yield from (row for row in device.findings if row.state == "found" and row.ignored)
    yield from (row for row in device.advisories if row.verdict == "affected" and row.ignored)


def unsettled(device: Device) -> str:
    """The ids of what cannot be said of it."""
    return " ".join(_unsettled(device))


def _unsettled(device: Device) -> Iterator[str]:
    yield from (row.id for row in device.findings if row.state == "cannot-say")
    yield from (row.id for row in device.advisories if row.verdict == "cannot-say")


def heard(ways: Sequence[Heard]) -> str:
    """`http tcp/80 (root, login)`: each protocol and port, and what was asked there."""
    return "; ".join(_heard(ways))


def _heard(ways: Sequence[Heard]) -> Iterator[str]:
    for (protocol, place), some in groupby(ways, key=lambda way: (way.protocol, _place(way))):
        asked = ", ".join(dict.fromkeys(way.request for way in some if way.request))
        yield f"{protocol} {place}" + (f" ({asked})" if asked else "")


def _place(way: Heard) -> str:
    return way.transport if way.port is None else f"{way.transport}/{way.port}"
