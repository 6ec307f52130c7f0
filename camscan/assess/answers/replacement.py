"""What is to be replaced: how many of which kind at which place, each device, and until when."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from camscan.answer import PlaceCount
from camscan.assess.overview.places import said_of
from camscan.dossier import Dossier, Overview, Sheet
from camscan.place import NOWHERE, WHERE, Location
from camscan.register import Listed

CAMERAS = ("camera", "thermal-camera", "anpr-camera", "doorbell")
RECORDERS = ("recorder",)


def replacement(dossier: Dossier, overview: Overview) -> tuple[PlaceCount, ...]:
    """The places of the devices that the report shows and of those that are gone, by name; they add up to these."""
    there: dict[Location, list[Sheet]] = defaultdict(list)
    for one in overview.shown:
        there[_place(one.where)].append(one)
    gone = Counter(_place(location_of(one)) for one in overview.gone)
    return tuple(_count(place, there[place], gone[place], dossier) for place in sorted({*there, *gone}, key=_order))


def location_of(gone: Listed) -> Location:
    """Where a device was when it was there."""
    return Location(**{name: gone.values.get(name) for name in WHERE})


def _place(where: Location) -> Location:
    return NOWHERE if where.site is None else where


def _order(where: Location) -> tuple[bool, tuple[tuple[bool, str], ...]]:
    """By name, the widest place first; at no site last."""
    return where == NOWHERE, tuple((value is not None, value or "") for value in _names(where))


def _names(where: Location) -> tuple[str | None, ...]:
    return tuple(getattr(where, name) for name in WHERE)


def _count(where: Location, devices: Sequence[Sheet], gone: int, dossier: Dossier) -> PlaceCount:
    kinds = [one.device.kind for one in devices]
    cameras, recorders = sum(kind in CAMERAS for kind in kinds), sum(kind in RECORDERS for kind in kinds)
    return PlaceCount(
        where=where,
        said=said_of(where, dossier.said),
        devices=tuple(devices),
        cameras=cameras,
        recorders=recorders,
        others=len(devices) - cameras - recorders,
        unnamed=sum(one.device.model is None for one in devices),
        gone=gone,
    )
