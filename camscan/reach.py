"""The nouns of the matrix of vantages, devices and services: who is reached from where, and where that cannot be said.

Plain frozen data. `assess/vantage/matrix.py` works it out of several scans, `report/exposure.py` shows it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from camscan.model import Device, ScanResult

Verdict = Literal["reached", "not-reached", "not-asked", "cannot-say"]
VERDICTS: tuple[Verdict, ...] = ("reached", "cannot-say", "not-asked", "not-reached")
"""Of several verdicts that fit, the first holds: only what was asked everywhere, to the end, is not reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What is known of one device, or one of its services, from one vantage; `reason` says why it is not known, or what
    is to be minded.

    `counts` is false for a question that only goes out on a vantage's own wire, and so says nothing of others: it is
    not asked there, and yet nothing is missing from what a scan can ask through a router.
    """

    verdict: Verdict
    reason: str | None = None
    counts: bool = True


REACHED = Cell(verdict="reached")
NOT_REACHED = Cell(verdict="not-reached")


def worst(cells: Iterable[Cell]) -> Cell:
    """The cell that holds for several together; not asked where there is none."""
    nothing = Cell(verdict="not-asked", reason="nothing was asked")
    return min(cells, key=lambda cell: (VERDICTS.index(cell.verdict), not cell.counts), default=nothing)


def worst_at(addresses: Sequence[str], judge: Callable[[str], Cell]) -> Cell:
    """The same for several addresses; where there are more than one, the reason names the one that is meant."""
    cells = [(address, judge(address)) for address in addresses]
    if len(cells) == 1:
        return cells[0][1]
    return worst(replace(cell, reason=f"{address}: {cell.reason}") if cell.reason else cell for address, cell in cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceReach:
    """A port at which a device was heard somewhere, with a cell for each vantage."""

    transport: str
    port: int
    protocols: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceReach:
    """One device of several scans: what is known of it by all of them together, with a cell for each vantage, and
    where it answered there. `addresses` has one tuple for each vantage, empty where it did not answer."""

    device: Device
    cells: tuple[Cell, ...]
    addresses: tuple[tuple[str, ...], ...]
    services: tuple[ServiceReach, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vantage:
    """A place from which scans were made, the newest first. `unnamed` hosts answered there of which no maker is known,
    of these `suspects` at a port of cameras (`10.0.0.99 at tcp/554`), and `middleboxes` that answer for many addresses.
    `partial` says that one of the scans did not ask all of its
    scope, and none after it has made up for that."""

    name: str
    scans: tuple[ScanResult, ...]
    unnamed: int
    suspects: tuple[str, ...]
    middleboxes: int
    partial: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The whole of it: cells stand in the order of the vantages."""

    vantages: tuple[Vantage, ...]
    devices: tuple[DeviceReach, ...]

    def count(self, place: int, verdict: Verdict) -> int:
        """How many devices have this verdict from the vantage at this place."""
        return sum(1 for device in self.devices if device.cells[place].verdict == verdict)

    def standing(self, place: int) -> Cell:
        """Whether any device is reached from a vantage; not reached only where that is known of all there are."""
        if not self.devices:
            return Cell(verdict="cannot-say", reason="no device is known from any vantage")
        cell = worst(device.cells[place] for device in self.devices)
        doubt = self._doubt(place) if cell.verdict == "not-reached" else None
        return Cell(verdict="cannot-say", reason=doubt) if doubt else cell

    def _doubt(self, place: int) -> str | None:
        """Why there may be devices that nobody knows: a scan that was cut short, or a host that may be a camera."""
        vantage = self.vantages[place]
        if vantage.partial:
            return "its scan is partial"
        cut = [other.name for other in self.vantages if other.partial]
        if cut:
            return f"the scan from {cut[0]} is partial, and may not know all devices"
        more = f" and {len(vantage.suspects) - 1:,} more" if len(vantage.suspects) > 1 else ""
        return f"a host of no known maker answers: {vantage.suspects[0]}{more}" if vantage.suspects else None
