"""Several devices behind one address: a router that forwards its ports, a recorder that passes its cameras on, cameras
that all still have the address of the factory.

The rule: one device tells one serial, whichever port it is asked on. Where one protocol tells different serials on
different ports of an address, the ports are parted by serial. A port without a serial goes with the only device it
does not contradict; else it is kept apart from all of them. RFC 3022 (NAPT) is what makes such addresses.

Of an address that does not belong to the wire each reply stands by itself, as it cannot be asked: there one that tells
another serial is another device.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from camscan.identify.crowd import Seen
from camscan.identify.sameness import Values

DEVICES_LIMIT = 64  # behind one address; the largest recorders have so many channels, more is a trap
VALUES_LIMIT = 16  # of one attribute on one port; a device has one serial, in a few spellings
TELLING = ("vendor", "model", "firmware", "mac")

Port = tuple[str, int | None]
Marks = Mapping[str, Values]


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What one address said, device by device; `doubt` tells why it was left together in spite of its serials."""

    devices: Sequence[Sequence[Seen]]
    doubt: str | None = None


class _TooManyError(Exception):
    """More serials than the ports of any recorder tell."""


def parted(seen: Sequence[Seen], serials: Mapping[str, set[str]]) -> Behind:
    """The devices behind one address; all of it together where nothing tells several, or where there are too many.

    `serials` are the real serials that each observation claims, by its id. What goes with no device comes last.
    """
    try:
        return Behind(devices=_devices(seen, serials))
    except _TooManyError as error:
        return Behind(devices=[seen], doubt=str(error))


def _devices(seen: Sequence[Seen], serials: Mapping[str, set[str]]) -> list[list[Seen]]:
    unasked = all(o.reply.foreign and o.reply.transport == "udp" for o, _ in seen)
    ports: dict[Port, list[Seen]] = defaultdict(list)
    for number, one in enumerate(seen):
        reply = one[0].reply
        ports[(reply.transport, -number) if unasked else (reply.transport, reply.port)].append(one)
    groups = _groups(ports, serials, "udp" if unasked else "tcp")
    if not _is_several(groups, ports, serials):
        return [list(seen)]
    devices = [[one for port in group for one in ports[port]] for group in groups]
    marks = [_marks(device) for device in devices]
    grouped = {port for group in groups for port in group}
    rest: list[Seen] = []
    for port, several in ports.items():
        if port not in grouped:
            mine = _marks(several)
            fitting = [device for device, theirs in zip(devices, marks, strict=True) if not _differ(mine, theirs)]
            (fitting[0] if len(fitting) == 1 else rest).extend(several)
    return [*devices, rest] if rest else devices


def _groups(ports: Mapping[Port, Sequence[Seen]], serials: Mapping[str, set[str]], transport: str) -> list[list[Port]]:
    """Ports that tell the same serial, together. Raises `_TooManyError` where no recorder has so many."""
    groups: list[tuple[Values, list[Port]]] = []
    for port, several in ports.items():
        told = set().union(*(serials.get(o.id, ()) for o, _ in several))
        if port[0] != transport or not told:
            continue
        if len(told) > VALUES_LIMIT:
            raise _TooManyError(f"port {port[1]} tells more than {VALUES_LIMIT} serials")
        mine = Values.of("serial", told)
        known = next((members for theirs, members in groups if not mine.differ(theirs)), None)
        if known:
            known.append(port)
        elif len(groups) == DEVICES_LIMIT:
            raise _TooManyError(f"its ports tell more than {DEVICES_LIMIT} serials")
        else:
            groups.append((mine, [port]))
    return [group for _, group in groups]


def _is_several(
    groups: Sequence[Sequence[Port]], ports: Mapping[Port, Sequence[Seen]], serials: Mapping[str, set[str]]
) -> bool:
    """Whether every group has a protocol that tells a serial in another group too."""
    spoken = [{o.reply.protocol for port in group for o, _ in ports[port] if serials.get(o.id)} for group in groups]
    return len(groups) > 1 and all(
        any(mine & theirs for number, theirs in enumerate(spoken) if number != own) for own, mine in enumerate(spoken)
    )


def _marks(seen: Sequence[Seen]) -> Marks:
    """What tells devices apart besides the serial, as far as it is claimed; not all of what claims too much."""
    marks: dict[str, set[str]] = {attribute: set() for attribute in TELLING}
    for _, claims in seen:
        for claim in claims:
            if claim.attribute in marks and len(marks[claim.attribute]) < VALUES_LIMIT:
                marks[claim.attribute].add(claim.value)
    return {attribute: Values.of(attribute, values) for attribute, values in marks.items()}


def _differ(mine: Marks, theirs: Marks) -> bool:
    return any(mine[name].differ(theirs[name]) for name in TELLING)
