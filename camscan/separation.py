"""What the owner says of addresses that are taken for one device, and are not."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar


class Placed(Protocol):
    """What has addresses."""

    addresses: list[str]


Thing = TypeVar("Thing", bound=Placed)


@dataclass(frozen=True, slots=True)
class Separation:
    """Each of `apart` are addresses of one device, which is none of the others whatever identifiers it shares with
    them."""

    apart: tuple[frozenset[str], ...] = ()

    def parted(self, things: Sequence[Thing]) -> list[Sequence[Thing]]:
        """Those that may be one, together."""
        if not self.apart:
            return [things]
        found: dict[int, list[Thing]] = defaultdict(list)
        for thing in things:
            found[self._number(thing.addresses)].append(thing)
        return list(found.values())

    def _number(self, addresses: Iterable[str]) -> int:
        """Which of `apart` holds one of the addresses, the last that does; -1 where none does."""
        mine = set(addresses)
        return max((n for n, some in enumerate(self.apart) if not some.isdisjoint(mine)), default=-1)


TOGETHER = Separation()
"""Where nobody has said anything."""
