"""Replies → devices, the second stage whole: observe, claim, set middleboxes apart, correlate, fuse."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from camscan.identify.contradiction import contradictions
from camscan.identify.correlate import Unit, correlate
from camscan.identify.fuse import fuse
from camscan.identify.knowledge_base import Knowledge
from camscan.identify.match import claim, observe
from camscan.identify.middlebox import Parted, set_apart
from camscan.model import Conflict, Device, Observation, Reply
from camscan.probe import Protocol

CHANNELS_LIMIT = 16  # of one content; there are fewer ways of asking, but a recording may name any


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """The devices, the observations they rest on (each once), and the replies that said nothing."""

    devices: tuple[Device, ...]
    observations: tuple[Observation, ...]
    undecoded: tuple[Observation, ...]


def identify(
    replies: Iterable[Reply],
    protocols: Mapping[str, Protocol],
    knowledge: Knowledge,
    networks: Iterable[str] = (),
) -> Identified:
    """Everything the replies say. The same content heard twice is one observation.

    `networks` are those that were asked address by address, as far as it is known.
    """
    evidential = frozenset(name for name, protocol in protocols.items() if protocol.identifies)
    observations = _distinct(observe(reply, protocols) for reply in replies)
    seen = [(o, claim(o, knowledge) if o.problem is None else ()) for o in observations]
    apart = set_apart(seen, networks)
    units = [_with_doubts(unit, apart) for unit in correlate(apart.rest)]
    units += [box.unit() for box in apart.boxes]
    devices = [fuse(unit, evidential) for unit in units if _is_device(unit)]
    return Identified(
        devices=tuple(_told_apart(devices)),
        observations=tuple(observations),
        undecoded=tuple(o for o in observations if o.problem is not None),
    )


def _distinct(observations: Iterable[Observation]) -> list[Observation]:
    """Each content once, in the form in which it was heard first, with the channels that brought it."""
    kept: dict[str, Observation] = {}
    channels: dict[str, dict[str, None]] = defaultdict(dict)
    for one in observations:
        kept.setdefault(one.id, one)
        channels[one.id] |= dict.fromkeys(one.channels)
    return [replace(one, channels=tuple(islice(channels[one.id], CHANNELS_LIMIT))) for one in kept.values()]


def _told_apart(devices: Sequence[Device]) -> Iterator[Device]:
    """Devices that claim one identity and were kept apart are told apart by their address too."""
    ids = Counter(device.id for device in devices)
    for device in devices:
        yield device if ids[device.id] == 1 else replace(device, id=f"{device.id}-at-{device.address}")


def _with_doubts(unit: Unit, apart: Parted) -> Unit:
    """The unit with what no real device does, and with the box that also speaks at its address."""
    unit.claims += contradictions(unit.observations, unit.claims)
    for address in unit.addresses:
        if box := apart.shadowed.get(address):
            reason = f"a middlebox answers at {address} too: {box.reason()}"
            unit.conflicts.append(Conflict(attribute="address", values=(), reason=reason))
    return unit


def _is_device(unit: Unit) -> bool:
    """A host is listed when something is claimed of it beyond a bare MAC, or when it offers a service."""
    claimed = any(c.attribute not in ("mac", "uuid") for c in unit.claims)
    return claimed or any(o.reply.transport in ("tcp", "udp") for o in unit.observations)
