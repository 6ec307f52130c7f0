"""What no real device does: the words of two makers on one port, both makers' own discovery, a dozen makers at once.

The rule: only what is claimed with some confidence counts, and a MAC's prefix never does. A contradiction does not say
what the thing is; it says that it is not simply what it claims to be, which an imitation or a forwarding router is not.
What one reply contradicts by itself stands in the fingerprints (`inconsistency`). How traps give themselves away by
answering for several makers: the sources of open honeypots, and Vetterl & Clayton, "Bitter Harvest" (WOOT 2018).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from camscan.identify.match import PREFIX_RULE
from camscan.model import Claim, Observation

SURE = 0.6  # from here on a claim of a maker is more than a hint that several could share
MANY = 4  # makers at one address; a router that forwards ports to cameras of three makers has been seen, not of more
OWN_DISCOVERY = ("sadp", "dhdiscover")  # each maker's own; no device speaks both
SOURCE = "Vetterl & Clayton, Bitter Harvest, WOOT 2018; sources of open honeypots"
FILE, DATE = "camscan/identify/contradiction.py", "2026-11-22"

Makers = Mapping[str, Claim]


def contradictions(observations: Iterable[Observation], claims: Iterable[Claim]) -> Iterator[Claim]:
    """An `inconsistency` for everything that these claims of one unit cannot all be."""
    replies = {o.id: o.reply for o in observations}
    everywhere: dict[str, Claim] = {}
    by_port: dict[tuple[str, str, int | None], dict[str, Claim]] = defaultdict(dict)
    discovery: dict[str, Claim] = {}
    for claim in claims:
        if claim.attribute != "vendor" or claim.confidence < SURE or claim.rule == PREFIX_RULE:
            continue
        reply = replies[claim.observation]
        everywhere.setdefault(claim.value, claim)
        by_port[reply.address, reply.transport, reply.port].setdefault(claim.value, claim)
        if reply.protocol in OWN_DISCOVERY:
            discovery.setdefault(reply.protocol, claim)
    for (_, transport, port), makers in by_port.items():
        if transport == "tcp" and len(makers) > 1:
            yield _doubt("two-makers-on-one-port", f"port {port} speaks as {_named(makers)}", makers)
    if len(discovery) > 1:
        yield _doubt("two-makers-discovery", "answers the own discovery of two makers", discovery)
    if len(everywhere) >= MANY:
        yield _doubt("many-makers", f"one address speaks as {_named(everywhere)}", everywhere)


def _named(makers: Makers) -> str:
    shown = sorted(makers)[:MANY]
    more = f" and {len(makers) - MANY} more" if len(makers) > MANY else ""
    return f"{', '.join(shown)}{more}"


def _doubt(rule: str, what: str, makers: Makers) -> Claim:
    first = next(iter(makers.values()))
    return Claim(
        attribute="inconsistency",
        value=what,
        confidence=0.7,
        rule=rule,
        observation=first.observation,
        field=first.field,
        text=first.text,
        source=SOURCE,
        file=FILE,
        date=DATE,
    )
