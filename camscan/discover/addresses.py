"""Whom a step asks, one address after the other, and the account of it in the tally and the journal.

On this machine's own wire ARP shows who is there. A directly connected address that does not answer it can receive
nothing: the kernel would hold every packet to it for seconds and then drop it, and the table of neighbours would
overflow. So the other channels ask each host as soon as it has been heard of, and leave out the rest at the end.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field

from camscan.discover.journal import Journal
from camscan.discover.order import Order, Place
from camscan.discover.plan import Step
from camscan.discover.roll import Roll


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """The addresses of every step that no earlier run has done. `advanced` is told of a step and how many of its
    addresses have been taken up."""

    journal: Journal
    roll: Roll
    advanced: Callable[[Step, int], None]
    _taken: Counter[Step] = field(default_factory=Counter)

    def in_order(self, step: Step, size: int, wait: float | None) -> Iterator[str]:
        """All of them, or where ARP has been through those that are there, in the order of the scope. `size` and `wait`
        say when they are done, see `Page.begin`."""
        self._begin(step, size, wait)
        yield from self._rest(step, self._order(step), set())

    async def as_heard(self, step: Step, size: int, wait: float | None) -> AsyncIterator[str]:
        """The same, but first, while ARP is under way, whoever is heard of in the meantime."""
        self._begin(step, size, wait)
        order, asked = self._order(step), set[str]()
        done = self.journal.pages[step].done
        if self._sweep(step):
            async for address in self.roll.follow(step.networks):
                place = order.find(address)
                if place and not done.holds(place.position) and address not in asked:
                    asked.add(address)
                    yield self._draw(step, place)
        for address in self._rest(step, order, asked):
            yield address

    def _begin(self, step: Step, size: int, wait: float | None) -> None:
        page = self.journal.pages[step]
        self._taken[step] = page.done.count
        page.begin(size, wait)

    def _order(self, step: Step) -> Order:
        return Order(step.networks, self.journal.plan.scope)

    def _sweep(self, step: Step) -> Step | None:
        """The ARP sweep of the same networks, where there is one."""
        sweeps = (s for s in self.journal.plan.steps if s.mode == "sweep" and s.networks == step.networks)
        return next((s for s in sweeps if s is not step), None)

    def _rest(self, step: Step, order: Order, asked: set[str]) -> Iterator[str]:
        """Those that were not `asked` yet; where an ARP sweep has come to its end only those that are there."""
        sweep = self._sweep(step)
        told = sweep is not None and sweep in self.journal.tally.finished
        for place in order.undone(self.journal.pages[step].done):
            if told and place.address not in self.roll:
                self._leave_out(step, place)
            elif place.address not in asked:
                yield self._draw(step, place)

    def _draw(self, step: Step, place: Place) -> str:
        self._take(step)
        self.journal.tally.draw(step, step.networks[place.network])
        self.journal.pages[step].draw(place)
        return place.address

    def _leave_out(self, step: Step, place: Place) -> None:
        self._take(step)
        self.journal.tally.leave_out(step, step.networks[place.network])
        self.journal.pages[step].leave_out(place)

    def _take(self, step: Step) -> None:
        self._taken[step] += 1
        self.advanced(step, self._taken[step])
