"""A device before a scan and now: what of its replies is heard again, missed, or heard no longer. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from camscan.inventory.asked import Asked, Way, ways_heard
from camscan.inventory.facts import MIDDLEBOX, Facts, storable
from camscan.inventory.identity import SameValue
from camscan.inventory.known import Open, Slot
from camscan.inventory.runs import Edits, holds_more
from camscan.model import Observation


@dataclass(frozen=True, slots=True)
class Compared:
    """A device before a scan and now; `heard_now` are its observations by the numbers of their rows."""

    before: Open
    now: Facts
    heard_now: Mapping[int, Observation]
    whole: bool
    made: Edits

    def is_unsettled(self, same_value: SameValue) -> bool:
        """Whether the register holds more of the device than it says now. Then the same words may mean something else
        tomorrow, when more is asked, and it must be looked at again."""
        if not self.before.heard.keys() <= self.heard_now.keys():
            return True
        return holds_more(self.before.held, self.before.stands, self.now, self.made, same_value)

    def heard_from(self, vantage: str | None) -> dict[int, frozenset[str]]:
        """From where each observation was heard, now and before. An answer that takes the place of another takes its
        vantages too; a recording, of which nobody knows where it was made, adds none."""
        here = frozenset([] if vantage is None else [vantage])
        of_slot: dict[Slot, frozenset[str]] = defaultdict(frozenset)
        for row, slot in self.before.heard.items():
            of_slot[slot] |= self.before.vantages[row]
        return {row: of_slot[_slot(one)] | here for row, one in self.heard_now.items()}

    def missed_first(self, asked: Asked) -> Iterator[int]:
        """What was asked for in vain, and was not the time before."""
        for row, ways in self.before.ways.items():
            is_first = row not in self.heard_now and row not in self.before.missed
            if is_first and any(asked.by(way, heard=True) for way in ways):
                yield row

    def no_longer_heard(self) -> Iterator[int]:
        """What was said before ends where a newer answer stands in its place, at addresses that the device has left,
        and where all was asked."""
        slots, left = {_slot(one) for one in self.heard_now.values()}, self._left()
        for row, slot in self.before.heard.items():
            if row not in self.heard_now and (self.whole or slot in slots or slot[0] in left):
                yield row

    def _left(self) -> set[str]:
        """The addresses that it had and has no more: it cannot be missed there. A middlebox has too many to tell."""
        if self.now.single.get("kind", ("", None))[0] == MIDDLEBOX:
            return set()
        held = [one for one in self.before.held if one.name in ("address", "addresses")]
        had = {one.value for one in held if one.id in self.made.end}
        has = {one.value for one in self.made.begin if one.name in ("address", "addresses")}
        return had - has - {one.value for one in held if one.id not in self.made.end}


def _slot(seen: Observation) -> Slot:
    reply = seen.reply
    return storable(reply.address), storable(reply.protocol), reply.port, storable(reply.request)


def ways_of(observations: Iterable[Observation]) -> Iterator[Way]:
    """The ways in which these were heard."""
    for seen in observations:
        reply = seen.reply
        yield from ways_heard(
            transport=reply.transport,
            protocol=reply.protocol,
            channels=seen.channels,
            address=reply.address,
            port=reply.port,
            sensor=reply.sensor,
            foreign=reply.foreign,
        )
