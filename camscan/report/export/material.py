"""What an export is made of. No clock: the same inventory gives the same bytes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from camscan.register import Unit
from camscan.report.printable import printable


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """The devices in the order in which they are written. `time` is when what is said of them was so: the end of the
    last scan, in seconds since the epoch, None where there was none. `names` are those of makers and brands by id.
    `masked` counts by kind what stand-ins were put in the place of."""

    units: Sequence[Unit]
    time: float | None
    tool_version: str
    data: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    masked: Mapping[str, int] = field(default_factory=dict)

    def name(self, identifier: str | None, otherwise: str = "Unknown") -> str:
        """How a maker or brand is written; an id that nobody has named stays as it is."""
        return otherwise if identifier is None else printable(self.names.get(identifier, identifier))


def value(unit: Unit, attribute: str) -> str | None:
    """The last known value of an attribute, fit to be shown; None where it is not known."""
    text = unit.device.values.get(attribute)
    return None if text is None else printable(text)


def members(unit: Unit, attribute: str) -> tuple[str, ...]:
    """The values of an attribute that has several."""
    return tuple(printable(one) for one in unit.device.values.get(attribute, "").split(" ") if one)


def open_ids(unit: Unit) -> Iterator[str]:
    """What calls for something to be done: all that stands, without what its owner lives with."""
    return (one.id for one in unit.standing if one.ignored is None)
