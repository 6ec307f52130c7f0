"""Whether a redacted reply still says what the original says: the same fields, and the same rules by it alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from camscan.identify.identify import identify
from camscan.identify.knowledge_base import Knowledge
from camscan.model import Device
from camscan.probe import Protocol
from camscan.protocols.reading import read
from camscan.reply import Fields, Reply
from camscan.report.private import STEADY_FIELDS, by_shape

STAND_IN = "192.0.2.1"  # whom a capture comes from
UNIQUE = ("serial", "mac", "uuid")  # values that change, and are claimed by the same rules

Fired = frozenset[tuple[str, str, str]]
"""What is said of a reply: attribute, rule, and the value where it must stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """What tells whether two replies say the same."""

    knowledge: Knowledge
    protocols: Mapping[str, Protocol]

    def device(self, reply: Reply) -> Device | None:
        """What this reply alone tells."""
        return next(iter(identify([reply], self.protocols, self.knowledge).devices), None)

    def fields(self, reply: Reply) -> Fields:
        """What its codec reads; nothing where there is no codec."""
        protocol = self.protocols.get(reply.protocol)
        return read(protocol, reply.data).fields if protocol else {}


def difference(original: Reply, redacted: Reply, judge: Judge) -> str | None:
    """Why a redacted reply does not do for the original; None where it does."""
    one, other = judge.fields(original), judge.fields(redacted)
    if {name: len(values) for name, values in one.items()} != {name: len(values) for name, values in other.items()}:
        return "once redacted it decodes to other fields"
    false = [name for name in STEADY_FIELDS if one.get(name) != other.get(name) and not _is_private(one[name])]
    if false:
        return f"once redacted it says something else: {', '.join(false)}"
    lost = _fired(judge.device(replace(original, address=STAND_IN))) ^ _fired(judge.device(redacted))
    if lost:
        return f"once redacted it says something else: {', '.join(sorted({rule for _, rule, _ in lost}))}"
    return None


def _is_private(values: tuple[str, ...]) -> bool:
    """Whether the value of a field holds an identifier, as a UUID for the name of a server."""
    return any(item for value in values for item in by_shape(value))


def _fired(device: Device | None) -> Fired:
    claims = device.claims if device else ()
    return frozenset((c.attribute, c.rule, "" if c.attribute in UNIQUE else c.value) for c in claims)
