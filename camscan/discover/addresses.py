"""Whom a step asks, one address after the other, and the account of it in the tally and the journal.

On this machine's own wire ARP shows who is there. A directly connected address that does not answer it can receive
nothing: the kernel would hold every packet to it for seconds and then drop it, and the table of neighbours would
overflow. So the other channels ask each host as soon as it has been heard of, and leave out the rest at the end.
"""

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field

from camscan.discover.journal import Journal
from camscan.discover.order import Order, Place, Run
from camscan.discover.plan import Step
from camscan.discover.roll import EVERYBODY, Networks, Roll


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """The addresses of every step that no earlier run has done. `advanced` is told of a step and how many of its
    addresses have been taken up."""

    journal: Journal
    roll: Roll
    advanced: Callable[[Step, int], None]
    _taken: Counter[Step] = field(default_factory=Counter)
    _orders: dict[tuple[str, ...], Order] = field(default_factory=dict)

    def in_order(self, step: Step, size: int, wait: float | None) -> Iterator[str]:
        """All of them, or where ARP has been through those that are there, in the order of the scope. `size` and `wait`
        say when they are done, see `Page.begin`."""
        self._begin(step, size, wait)
        yield from self._rest(step, self._order(step), set())

    def heard_first(self, step: Step, size: int, wait: float | None) -> Iterator[str]:
        """The same, but whoever is heard of in the meantime comes next."""
        self._begin(step, size, wait)
        order, done, ahead, at = self._order(step), self.journal.pages[step].done, set[str](), 0
        for place in order.undone(done):
            heard, at = filter(None, map(order.find, self.roll.since(at))), len(self.roll)
            for other in heard:
                if other.position > place.position and not done.holds(other.position):
                    ahead.add(other.address)
                    if self._draw(step, other):
                        yield other.address
            if place.address not in ahead and self._draw(step, place):
                yield place.address

    async def as_heard(self, step: Step, size: int, wait: float | None) -> AsyncGenerator[str, None]:
        """The same, but first, while ARP is under way, whoever is heard of in the meantime."""
        self._begin(step, size, wait)
        order, asked = self._order(step), set[str]()
        if self._sweep(step):
            async for address in self._follow(step, order, asked, step.networks):
                yield address
        for address in self._rest(step, order, asked):
            yield address

    async def if_heard(self, step: Step, size: int, wait: float | None) -> AsyncGenerator[str, None]:
        """Only whoever is heard of, as long as anybody may be; the others are left out."""
        self._begin(step, size, wait)
        order, asked = self._order(step), set[str]()
        async for address in self._follow(step, order, asked, EVERYBODY):
            yield address
        taken = (place.position for place in map(order.find, asked) if place)
        for run in order.undone_but(self.journal.pages[step].done, taken):
            self._leave_out(step, run)

    async def _follow(self, step: Step, order: Order, asked: set[str], networks: Networks) -> AsyncIterator[str]:
        """Whoever of this step is on the roll, or comes on it while these networks are open."""
        done = self.journal.pages[step].done
        async for address in self.roll.follow(networks):
            place = order.find(address)
            if place and not done.holds(place.position) and address not in asked:
                asked.add(address)
                if self._draw(step, place):
                    yield address

    def _begin(self, step: Step, size: int, wait: float | None) -> None:
        page = self.journal.pages[step]
        self._taken[step] = page.done.count
        page.begin(size, wait)

    def _order(self, step: Step) -> Order:
        """One for all channels over the same networks."""
        return self._orders.setdefault(step.networks, Order(step.networks, self.journal.plan.scope))

    def _sweep(self, step: Step) -> Step | None:
        """The ARP sweep of the same networks, where there is one."""
        sweeps = (s for s in self.journal.plan.steps if s.mode == "sweep" and s.networks == step.networks)
        return next((s for s in sweeps if s is not step), None)

    def _rest(self, step: Step, order: Order, asked: set[str]) -> Iterator[str]:
        """Those that were not `asked` yet; where an ARP sweep has come to its end only those that may be there."""
        done, sweep = self.journal.pages[step].done, self._sweep(step)
        if sweep is None or sweep not in self.journal.tally.finished:
            yield from (p.address for p in order.undone(done) if p.address not in asked and self._draw(step, p))
            return
        while fresh := [
            p for p in self._present(order, sweep) if p.address not in asked and not done.holds(p.position)
        ]:
            for place in fresh:  # meanwhile others may be heard of
                asked.add(place.address)
                if self._draw(step, place):
                    yield place.address
        for run in order.undone_but(done, (place.position for place in self._present(order, sweep))):
            self._leave_out(step, run)

    def _present(self, order: Order, sweep: Step) -> list[Place]:
        """Who has been heard of, and whom ARP could not ask: of those nobody can say that they are not there."""
        unsent = self.journal.tally.unsent[sweep].addresses
        found = (order.find(address) for address in dict.fromkeys((*self.roll, *unsent)))
        return sorted((place for place in found if place), key=lambda place: place.position)

    def _draw(self, step: Step, place: Place) -> bool:
        """Takes an address up. Whether it is to be asked: not if it has answered an earlier run."""
        self._take(step, 1)
        self.journal.tally.draw(step, step.networks[place.network])
        self.journal.pages[step].draw(place)
        return step.mode == "ports" or place.address not in self.journal.tally.answered[step]

    def _leave_out(self, step: Step, run: Run) -> None:
        self._take(step, run.end - run.begin)
        self.journal.tally.leave_out(step, step.networks[run.network], run.end - run.begin)
        self.journal.pages[step].leave_out(run)

    def _take(self, step: Step, count: int) -> None:
        self._taken[step] += count
        self.advanced(step, self._taken[step])
