"""Boxes that answer for a whole network: a firewall, a proxy, a captive portal, a tarpit, a trap.

The rule: what nearly every address of a network says in the same words is said by one box, and counted once. Addresses
are a box's only where that is all they say. Two hundred cameras of one model stay two hundred, because each tells a
serial, a MAC or a name of its own, or because they do not fill their network: a gateway, a recorder and free addresses
answer otherwise or not at all. A small network may be full of real devices: there, words that name a maker are theirs.
Where a camera speaks for itself behind a box, it keeps its own replies only.

Where to look is in `crowd.py`. Middleboxes and what they do to replies: RFC 3234.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address

from camscan.identify.correlate import Unit
from camscan.identify.crowd import FEWEST, PRESENCE, Crowd, Heard, Seen, crowds
from camscan.identify.voice import endpoint, voices_of
from camscan.model import Claim, Middlebox

NETWORKS_NAMED = 3  # in the reason; the record has them all
RULE = "middlebox"
SOURCE = "RFC 3234 and RFC 1027"
FILE, DATE = "camscan/identify/middlebox.py", "2026-11-22"

_ONE = "one box that answers for all of them, not as many devices"
_EITHER = "one box that answers for all of them, or as many alike devices that tell nothing of their own"
"""Where a maker is named: cameras that fill a network, and of which no serial, MAC or name was heard, say no more."""


@dataclass(slots=True, kw_only=True)
class Box:
    """A box: the addresses where nothing else is heard, and what it says at one of them."""

    voices: frozenset[str]
    sign: str
    total: int
    addresses: list[str]
    networks: dict[str, None]
    seen: Sequence[Seen]

    def reason(self) -> str:
        """What was seen, for people."""
        named = ", ".join([*self.networks][:NETWORKS_NAMED])
        more = f" and {len(self.networks) - NETWORKS_NAMED} more" if len(self.networks) > NETWORKS_NAMED else ""
        return f"{len(self.addresses):,} of {self.total:,} addresses of {named}{more} {self.sign}"

    def unit(self) -> Unit:
        """Everything the box says, with the doubt that it is the device it may look like."""
        claims = [made for _, several in self.seen for made in several]
        return Unit(
            addresses=self.addresses,
            observations=[observation for observation, _ in self.seen],
            claims=[*claims, self._doubt()],
            middlebox=Middlebox(addresses=len(self.addresses), networks=tuple(self.networks), reason=self.reason()),
        )

    def _doubt(self) -> Claim:
        return Claim(
            attribute="inconsistency",
            value=f"{self.reason()}: {_EITHER if _makers(self.seen) else _ONE}",
            confidence=0.9,
            rule=RULE,
            observation=self.seen[0][0].id,
            field="address",
            text=self.addresses[0],
            source=SOURCE,
            file=FILE,
            date=DATE,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """The boxes, what remains when they are set apart, and the addresses where both were heard, each with its box."""

    boxes: tuple[Box, ...]
    rest: tuple[Seen, ...]
    shadowed: Mapping[str, Box]


@dataclass(slots=True, kw_only=True)
class _Split:
    """What one address says by itself, and what it says in the words of the crowd."""

    own: list[Seen] = field(default_factory=list)
    shared: list[Seen] = field(default_factory=list)
    presence: list[Seen] = field(default_factory=list)


def set_apart(seen: Iterable[Seen], networks: Iterable[str] = ()) -> Parted:
    """Tell boxes from devices. `networks` are those asked address by address, as far as it is known."""
    seen = tuple(seen)
    heard: dict[str, list[Seen]] = defaultdict(list)
    for one in seen:
        heard[one[0].reply.address].append(one)
    boxes: dict[frozenset[str], Box] = {}
    kept: dict[str, list[Seen]] = {}
    shadowed: dict[str, Box] = {}
    for crowd in crowds(heard, networks):
        free = [address for address in crowd.addresses if address not in kept]
        found = _box(crowd, {address: heard[address] for address in free})
        if found is None:
            continue
        box, remains = found
        known = boxes.setdefault(box.voices, box)
        if known is not box:
            _grow(known, box)
        kept |= remains
        shadowed |= {address: known for address, own in remains.items() if _is_shadowed(own, heard[address])}
    rest = tuple(one for address, several in heard.items() for one in kept.get(address, several))
    return Parted(boxes=tuple(boxes.values()), rest=rest, shadowed=shadowed)


def _is_shadowed(own: Sequence[Seen], several: Sequence[Seen]) -> bool:
    """Whether replies were taken from an address that keeps some; that a port is open is none."""
    kept = {o.id for o, _ in own}
    return bool(own) and any(o.id not in kept and o.reply.protocol not in PRESENCE for o, _ in several)


def _grow(known: Box, more: Box) -> None:
    known.addresses += more.addresses
    known.networks |= more.networks
    known.total += more.total


def _box(crowd: Crowd, heard: Heard) -> tuple[Box, dict[str, list[Seen]]] | None:
    """The box behind a crowd, and what each of its addresses says besides. None where it is a crowd of devices."""
    voices = voices_of(heard, crowd.need)
    counted = Counter(
        voice for address in heard for voice in {voices[o.id] for o, _ in heard[address] if o.id in voices}
    )
    common = frozenset(voice for voice, count in counted.items() if count >= crowd.need)
    if not common:
        return None
    parts = {address: _split(several, voices, common) for address, several in heard.items()}
    plain = sorted((a for a, part in parts.items() if part.shared and not part.own), key=_order)
    if not _is_one_box(crowd, parts, plain):
        return None
    speaker = max(plain, key=lambda address: len(heard[address]))
    box = Box(
        voices=common,
        sign=crowd.sign,
        total=len(crowd.addresses),
        addresses=plain,
        networks={crowd.network: None},
        seen=heard[speaker],
    )
    return box, {a: _remains(part) for a, part in parts.items() if part.shared}


def _is_one_box(crowd: Crowd, parts: Mapping[str, _Split], plain: Sequence[str]) -> bool:
    """Enough addresses say nothing of their own, and those that do are no proof that the shared words are devices'."""
    if len(plain) < FEWEST:
        return False
    makers = {c.value for a in plain for _, claims in parts[a].shared for c in claims if c.attribute == "vendor"}
    telling = any(o.reply.protocol not in PRESENCE for a in plain[:1] for o, _ in parts[a].shared)
    if telling and len(plain) * 2 < sum(1 for part in parts.values() if part.shared):
        return False
    if makers and crowd.nameless:
        return False
    kin = sum(1 for part in parts.values() if makers & _makers(part.own))
    return kin < FEWEST


def _makers(seen: Iterable[Seen]) -> set[str]:
    return {claim.value for _, claims in seen for claim in claims if claim.attribute == "vendor"}


def _split(several: Sequence[Seen], voices: Mapping[str, str], common: frozenset[str]) -> _Split:
    """A reply of which nothing is claimed goes with the box where the same port spoke in the box's words."""
    part = _Split()
    ports = {endpoint(o) for o, _ in several if voices.get(o.id) in common and o.reply.protocol not in PRESENCE}
    for one in several:
        observation, claims = one
        if voices.get(observation.id) in common or (not claims and endpoint(observation) in ports):
            part.shared.append(one)
        elif observation.reply.protocol == "icmp":
            part.presence.append(one)
        else:
            part.own.append(one)
    return part


def _remains(part: _Split) -> list[Seen]:
    """What is left to an address: its own words, and that the ports are open where it said them."""
    if not part.own:
        return []
    ports = {endpoint(o) for o, _ in part.own}
    opened = [one for one in part.shared if one[0].reply.protocol == "tcp" and endpoint(one[0]) in ports]
    return [*opened, *part.presence, *part.own]


def _order(address: str) -> tuple[int, int, str]:
    try:
        parsed = ip_address(address.split("%")[0])
    except ValueError:
        return 9, 0, address
    return parsed.version, int(parsed), address
