"""Which claims rest on one and the same fact, so that it is counted once.

A protocol is one witness, however many replies it gives. A response that was read both as HTTP and as what it carried
(ISAPI, ONVIF …) is one too, and so is the MAC behind every claim that its prefix makes.
"""

from collections.abc import Iterable

from camscan.identify.match import PREFIX_RULE
from camscan.model import Claim, Observation

CARRIER = "http"


class Witnesses:
    """Tells the witness of a claim, from the observations of its device."""

    def __init__(self, observations: Iterable[Observation]) -> None:
        observations = tuple(observations)
        carried = {_exchange(o): o.reply.protocol for o in observations if o.reply.protocol != CARRIER}
        self._names = {
            o.id: carried.get(_exchange(o), CARRIER) if o.reply.protocol == CARRIER else o.reply.protocol
            for o in observations
        }

    def of(self, claim: Claim) -> str:
        """The name of the witness behind a claim."""
        return f"mac {claim.text}" if claim.rule == PREFIX_RULE else self._names[claim.observation]


def _exchange(observation: Observation) -> tuple[str, int | None, str]:
    return observation.reply.address, observation.reply.port, observation.reply.request
