"""What the replies of a whole run say about a device that the device itself does not: who forwards a port to it."""

from collections import defaultdict
from collections.abc import Iterable

from camscan.assess.exposure.case import Surroundings, value
from camscan.model import Observation

FORWARDING = "port_mapping"  # the protocol in which a gateway tells what it forwards
MAPPINGS_LIMIT = 64  # of one address; a gateway may claim thousands


def surroundings_of(observations: Iterable[Observation], asked_ports: frozenset[int] | None) -> Surroundings:
    """`asked_ports` are the TCP ports that the run tried at every host, if it knows."""
    forwarded: dict[str, list[str]] = defaultdict(list)
    for observation in observations:
        inside = value(observation, "internal_client")
        counts = observation.reply.protocol == FORWARDING and value(observation, "mapping_enabled") != "0"
        if counts and inside and len(forwarded[inside]) < MAPPINGS_LIMIT:
            forwarded[inside].append(_sentence(observation))
    return Surroundings(asked_ports=asked_ports, forwarded={inside: tuple(told) for inside, told in forwarded.items()})


def _sentence(observation: Observation) -> str:
    protocol, outer, inner = (
        value(observation, name) for name in ("mapping_protocol", "external_port", "internal_port")
    )
    gateway = observation.reply.address
    return f"the gateway {gateway} forwards its {(protocol or 'tcp').lower()} port {outer} to port {inner}"
