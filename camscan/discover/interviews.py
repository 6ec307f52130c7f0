"""The turns with all hosts: an interview a host, first over its open ports, at the end over what else it announced."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from camscan.discover.hosts import Hosts
from camscan.discover.turns import Interview, hints_for
from camscan.errors import NotPossibleError
from camscan.model import Coverage, Outcome, Reply
from camscan.transport import tcp


@dataclass(slots=True, kw_only=True)
class Interviews:
    """The interviews of one scan. `begin` makes one for an address, `note` takes what is said."""

    hosts: Hosts
    begin: Callable[[str], Interview]
    note: Callable[[Reply], object]
    _by_address: dict[str, Interview] = field(default_factory=dict)

    def of(self, address: str) -> Interview:
        """The one interview with this host."""
        if address not in self._by_address:
            self._by_address[address] = self.begin(address)
        return self._by_address[address]

    async def over(self, address: str, ports: Iterable[int]) -> list[str]:
        """Turns over open ports; what the coverage must tell of them."""
        interview = self.of(address)
        await interview.hear(hints_for(ports, interview.protocols), self.note)
        return interview.problems

    async def over_announced(self, address: str) -> None:
        """What a host announced beside the ports already tried: a port must be open before anything is said to it."""
        interview = self.of(address)
        new = [h for h in self.hosts.hints.get(address, ()) if interview.would_ask(h)]
        with suppress(NotPossibleError):
            hints = [h for h in new if await _is_open(interview, h.port)]
            await interview.hear(hints, self.note)

    def login_row(self) -> Iterator[Coverage]:
        """How many devices took the owner's credential, where there is one."""
        outcomes = [i.login for i in self._by_address.values() if i.login is not None]
        taken, refused = outcomes.count(Outcome.REPLIED), outcomes.count(Outcome.REFUSED)
        if outcomes:
            yield Coverage(
                interface=None,
                network="devices that speak ONVIF",
                channel="onvif with credential",
                state="asked",
                asked=len(outcomes),
                answered=taken,
                silent=len(outcomes) - taken - refused,
                reason=f"the credential was refused by {refused}" if refused else None,
            )


async def _is_open(interview: Interview, port: int) -> bool:
    seconds = interview.settings.connect_seconds
    return await tcp.connect(interview.wire, interview.address, port, seconds) is Outcome.REPLIED
