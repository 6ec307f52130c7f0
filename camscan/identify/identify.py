"""Replies → devices, the second stage whole: observe, claim, set middleboxes apart, correlate, fuse.

The same content heard twice is one observation.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from camscan.identify.contradiction import contradictions
from camscan.identify.correlate import Unit, correlate
from camscan.identify.crowd import Seen
from camscan.identify.fuse import fuse
from camscan.identify.knowledge_base import Knowledge
from camscan.identify.match import claim, observe
from camscan.identify.middlebox import Parted, set_apart
from camscan.model import Claim, Conflict, Device, Observation
from camscan.probe import Protocol
from camscan.protocols.content import content_id
from camscan.reply import Reply

CHANNELS_LIMIT = 16  # of one content; there are fewer ways of asking, but a recording may name any


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """The devices, the observations they rest on (each once), and the replies that said nothing."""

    devices: tuple[Device, ...]
    observations: tuple[Observation, ...]
    undecoded: tuple[Observation, ...]


class Identification:
    """What the replies of one run say. Each is decoded and held against the rules when it is noted, so that a scan pays
    for that while it waits for the next one; what they say together is worked out when the result is asked for."""

    def __init__(self, protocols: Mapping[str, Protocol], knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self._protocols = protocols
        self._seen: dict[str, Seen] = {}  # by content, in the order in which each was heard first

    def note(self, reply: Reply) -> None:
        """One more reply. What was heard before stays as it was heard first, and may gain a channel, and a router."""
        identity = content_id(reply, self._protocols)
        known = self._seen.get(identity)
        if known is not None:
            self._seen[identity] = _heard_again(reply, *known)
            return
        observation = observe(reply, self._protocols, identity)
        self._seen[identity] = observation, claim(observation, self.knowledge) if observation.problem is None else ()

    def result(self, networks: Iterable[str] = ()) -> Identified:
        """Everything the replies say until now.

        `networks` are those that were asked address by address, as far as it is known.
        """
        evidential = frozenset(name for name, protocol in self._protocols.items() if protocol.identifies)
        apart = set_apart(self._seen.values(), networks)
        units = [_with_doubts(unit, apart) for unit in correlate(apart.rest, self.knowledge.separation)]
        units += [box.unit() for box in apart.boxes]
        devices = [fuse(unit, evidential) for unit in units if _is_device(unit)]
        observations = tuple(observation for observation, _ in self._seen.values())
        return Identified(
            devices=tuple(_told_apart(devices)),
            observations=observations,
            undecoded=tuple(o for o in observations if o.problem is not None),
        )


def identify(replies: Iterable[Reply], protocols: Mapping[str, Protocol], knowledge: Knowledge) -> Identified:
    """Everything these replies say."""
    noted = Identification(protocols, knowledge)
    for reply in replies:
        noted.note(reply)
    return noted.result()


def _heard_again(reply: Reply, observation: Observation, claims: tuple[Claim, ...]) -> Seen:
    """The same content, with the channel that brought it once more. That it came through a router is not lost where it
    was heard on the wire first: two units may have one address, one of them here."""
    channels, first = observation.channels, observation.reply
    if reply.channel not in channels and len(channels) < CHANNELS_LIMIT:
        channels = (*channels, reply.channel)
    if (reply.routed and not first.routed) or first.routed is None:
        first = replace(first, routed=reply.routed)
    return replace(observation, reply=first, channels=channels), claims


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
