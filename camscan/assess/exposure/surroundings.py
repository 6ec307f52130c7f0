"""What the replies of a whole run say about a device that the device itself does not: who forwards a port to it."""

from collections import defaultdict
from collections.abc import Iterable

from camscan.assess.exposure.case import Surroundings, value
from camscan.model import Observation

NO_MORE = "713"  # SpecifiedArrayIndexInvalid: the entry asked for is beyond the last
MAPPINGS_LIMIT = 64  # of one address; a gateway may claim thousands


def surroundings_of(observations: Iterable[Observation], asked_ports: frozenset[int] | None) -> Surroundings:
    """`asked_ports` are the TCP ports that the run tried at every host, if it knows."""
    told = [o for o in observations if o.reply.protocol == "upnp" and _is_of_mappings(o)]
    forwarded: dict[str, list[str]] = defaultdict(list)
    for observation in told:
        inside = value(observation, "internal_client")
        switched_off = value(observation, "mapping_enabled") == "false"
        if inside and not switched_off and len(forwarded[inside]) < MAPPINGS_LIMIT:
            forwarded[inside].append(_sentence(observation))
    ended = {o.reply.address for o in told if value(o, "error_code") == NO_MORE}
    return Surroundings(
        asked_ports=asked_ports,
        forwarded={inside: tuple(texts) for inside, texts in forwarded.items()} if told else None,
        told_all=all(o.reply.address in ended for o in told),
    )


def _is_of_mappings(observation: Observation) -> bool:
    return "internal_client" in observation.fields or value(observation, "error_code") == NO_MORE


def _sentence(observation: Observation) -> str:
    names = ("mapping_protocol", "external_port", "internal_port")
    protocol, outer, inner = (value(observation, name) for name in names)
    gateway = observation.reply.address
    return f"the gateway {gateway} forwards its {(protocol or 'tcp').lower()} port {outer} to port {inner}"
