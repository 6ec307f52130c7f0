"""The open ports of one host, asked one at a time.

A silent port of a host that answers at most of the others is more likely a lost packet than a firewall, so it gets a
second try; a host that keeps most of its ports silent means it, and is asked once.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence

from camscan.errors import NotPossibleError
from camscan.reply import Outcome, Outcomes

SILENT_ENOUGH = 2  # ports without a word, so seconds, after which it is asked whether anybody is there at all

Ask = Callable[[Sequence[int], Outcomes], Awaitable[None]]
"""Asks these ports one after the other, and writes each outcome; leaves off where it turns out that nobody is there.
Raises `NotPossibleError` where this machine cannot ask the host, or not any more; the outcomes until then stand."""


def spare_tries(ports: int) -> int:
    """How many second tries a host may cost at most: fewer than half of its ports."""
    return (ports - 1) // 2


async def open_ports(
    ports: Sequence[int], known: Iterable[int], ask: Ask, leave: Callable[[int, str], None]
) -> list[int]:
    """Those of `ports` that are open, in their order; the `known` ones are not tried. Where this machine cannot go on
    the host is left, and `leave` told how many ports were not asked, and why."""
    outcomes = dict.fromkeys(known, Outcome.REPLIED)
    try:
        await ask([port for port in ports if port not in outcomes], outcomes)
        silent = [port for port in ports if outcomes.get(port) is Outcome.SILENT]
        if len(outcomes) == len(ports) and 0 < len(silent) <= spare_tries(len(ports)):
            await ask(silent, outcomes)
    except NotPossibleError as error:
        if len(outcomes) < len(ports):
            leave(len(ports) - len(outcomes), str(error))
    return [port for port in ports if outcomes.get(port) is Outcome.REPLIED]
