"""A part of the scope that is reached by one way."""

from dataclasses import dataclass
from ipaddress import IPv4Network

from camscan.scope import Scope

NO_ROUTE = "no route to this network"
NAMES_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the scope that is reached by one way. `wire` is the network of this machine that holds it, if any."""

    scope: Scope
    interface: str | None
    wire: IPv4Network | None
    count: int

    @property
    def version(self) -> int:
        """4 or 6: a part holds addresses of one kind."""
        return self.scope.swept[0].version

    @property
    def name(self) -> str:
        """The networks for people: the first few, and how many more."""
        names = [str(n) for n in self.scope.swept]
        more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
        return " ".join(names[:NAMES_SHOWN]) + more
