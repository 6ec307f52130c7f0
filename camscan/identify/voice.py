"""What a reply says, without what changes from address to address and from moment to moment: its voice.

The rule: two replies have one voice when they read alike but for the sender's address and every word with a digit in
it (dates, tokens, counters). Where a device names itself, and in what is claimed of it, digits count.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable

from camscan.identify.crowd import Heard
from camscan.model import Claim, Observation

_OWN_FIELDS = frozenset({"address", "identifier", "sequence"})  # differ from address to address by their nature
_NAMES = frozenset({"realm", "title", "name", "model", "serial", "mac", "uuid", "subject", "subject_cn", "sys_name"})
"""Fields in which a device names itself: a digit there is not a clock's."""
_CHANGING = re.compile(r"\b[^\W\d]*\d\w*")  # a word with a digit in it


def voices_of(heard: Heard, need: int) -> dict[str, str]:
    """The voice of each observation, by its id, where enough addresses speak that protocol on that port at all."""
    spoken = Counter(way for several in heard.values() for way in {way_of(o) for o, _ in several})
    wanted = {way for way, count in spoken.items() if count >= need}
    return {o.id: _voice(o, claims) for several in heard.values() for o, claims in several if way_of(o) in wanted}


def way_of(observation: Observation) -> tuple[str, str, int | None]:
    """Protocol, transport and port."""
    return observation.reply.protocol, *endpoint(observation)


def _voice(observation: Observation, claims: Iterable[Claim]) -> str:
    """A hash of what is said and claimed."""
    reply = observation.reply
    said = [
        (name, _plain(name, value.replace(reply.address, "@")))
        for name, values in sorted(observation.fields.items())
        if name not in _OWN_FIELDS
        for value in values
    ]
    claimed = sorted({(claim.attribute, claim.value) for claim in claims})
    whole = repr((reply.protocol, reply.transport, reply.port, observation.problem, said, claimed))
    return hashlib.sha256(whole.encode("utf-8", "backslashreplace")).hexdigest()


def _plain(name: str, value: str) -> str:
    return value if name in _NAMES else _CHANGING.sub("#", value)


def endpoint(observation: Observation) -> tuple[str, int | None]:
    """Transport and port."""
    return observation.reply.transport, observation.reply.port
