"""The turns with all hosts: an interview a host, first over its open ports, at the end over what else it announced."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from camscan.discover.hint import hints_for
from camscan.discover.hosts import Hosts
from camscan.discover.turns import Interview
from camscan.errors import NotPossibleError
from camscan.model import Coverage
from camscan.reply import Outcome
from camscan.transport import tcp

PROBLEMS_SHOWN = 5  # kinds of trouble named in the coverage
WITHHELD = "its clock is wrong by more than a day, so the credential was not sent"


@dataclass(slots=True, kw_only=True)
class Interviews:
    """The interviews of one scan. `begin` makes one for an address, `tell` hears of one that has come to an end."""

    hosts: Hosts
    begin: Callable[[str], Interview]
    tell: Callable[[Interview], None] = lambda interview: None
    _by_address: dict[str, Interview] = field(default_factory=dict)

    def of(self, address: str) -> Interview:
        """The one interview with this host."""
        if address not in self._by_address:
            self._by_address[address] = self.begin(address)
        return self._by_address[address]

    async def over(self, address: str, ports: Iterable[int]) -> None:
        """Turns over open ports."""
        interview = self.of(address)
        await interview.hear(hints_for(ports, interview.protocols))
        self.tell(interview)

    async def over_announced(self, address: str) -> None:
        """What a host announced beside the ports already tried: a port must be open before anything is said to it."""
        interview = self.of(address)
        new = [h for h in self.hosts.hints.get(address, ()) if interview.would_ask(h)]
        if interview.is_over or not new:
            return
        try:
            hints = [h for h in new if await _is_open(interview, h.port)]
        except NotPossibleError as error:
            interview.problems.append(str(error))
        else:
            await interview.hear(hints)
        interview.is_over = True
        self.tell(interview)

    def rows(self) -> Iterator[Coverage]:
        """How the turns went, and how the owner's credential fared where there is one."""
        yield from self._turns_row()
        yield from self._login_row()

    def _turns_row(self) -> Iterator[Coverage]:
        begun = [i for i in self._by_address.values() if i.asked or i.problems]
        problems = Counter(problem for i in begun for problem in dict.fromkeys(i.problems))
        answered = sum(1 for i in begun if i.replies)
        if begun:
            yield Coverage(
                interface=None,
                network="hosts with an open port",
                channel="turns",
                state="partial" if problems else "asked",
                asked=len(begun),
                answered=answered,
                silent=len(begun) - answered,
                reason=_counted(problems.most_common(PROBLEMS_SHOWN)),
            )

    def _login_row(self) -> Iterator[Coverage]:
        fates = Counter(i.login.fate for i in self._by_address.values() if i.login.fate is not None)
        said = [("the credential was refused", fates["refused"]), (WITHHELD, fates["withheld"])]
        if fates:
            yield Coverage(
                interface=None,
                network="devices that speak ONVIF",
                channel="onvif with credential",
                state="partial" if fates["withheld"] else "asked",
                asked=fates.total() - fates["withheld"],
                answered=fates["taken"],
                silent=fates["silent"],
                reason=_counted(said),
            )


def _counted(problems: Iterable[tuple[str, int]]) -> str | None:
    return "; ".join(f"{count}: {what}" for what, count in problems if count) or None


async def _is_open(interview: Interview, port: int) -> bool:
    seconds = interview.settings.connect_seconds
    return await tcp.connect(interview.wire, interview.address, port, seconds) is Outcome.REPLIED
