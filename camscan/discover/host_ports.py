"""The open ports of one host, by connects, one at a time.

A silent port of a host that answers at most of the others is more likely a lost packet than a firewall, so it gets a
second try; a host that keeps most of its ports silent means it, and is asked once.
"""

from collections.abc import Awaitable, Callable, Container, Sequence

from camscan.errors import NotPossibleError
from camscan.model import Outcome

Try = Callable[[int], Awaitable[Outcome]]
"""One connect to a port. Raises `NotPossibleError` where this machine cannot ask the host, or not any more."""


def spare_tries(ports: int) -> int:
    """How many second tries a host may cost at most: fewer than half of its ports."""
    return (ports - 1) // 2


async def open_ports(
    ports: Sequence[int], known: Container[int], connect: Try, leave: Callable[[int, str], None]
) -> list[int]:
    """Those of `ports` that are open, in their order; the `known` ones are not tried. Where this machine cannot go on
    the host is left, and `leave` told how many ports were not asked, and why."""
    outcomes = {port: Outcome.REPLIED for port in ports if port in known}
    try:
        for port in (p for p in ports if p not in known):
            outcomes[port] = await connect(port)
        silent = [port for port in ports if outcomes[port] is Outcome.SILENT]
        for port in silent if len(silent) <= spare_tries(len(ports)) else ():
            outcomes[port] = await connect(port)
    except NotPossibleError as error:
        if len(outcomes) < len(ports):
            leave(len(ports) - len(outcomes), str(error))
    return [port for port in ports if outcomes.get(port) is Outcome.REPLIED]
