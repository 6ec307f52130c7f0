"""Services that a device should not offer to everybody: which ports and protocols count is data."""

from collections.abc import Collection
from dataclasses import dataclass

from camscan.assess.exposure.case import Answer, Case, exposed
from camscan.model import Service

BARE = "tcp"  # the protocol of a port that is open and of which no more is known


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What counts: protocols wherever they were heard, and TCP ports where nothing else was."""

    protocols: Collection[str]
    ports: Collection[int]


def offered(case: Case, offer: Offer) -> Answer:
    """Exposed where the protocol was spoken, less surely where only its port is open."""
    spoken = [s for s in case.device.services if s.protocol in offer.protocols]
    bare = [s for s in case.device.services if s.protocol == BARE and s.port in offer.ports]
    pieces = [f"{_place(s)} speaks {s.protocol}" for s in spoken]
    pieces += [f"{_place(s)} is open; what speaks there was not asked or did not say" for s in bare]
    return exposed(pieces, 0.98 if spoken else 0.7)


def _place(service: Service) -> str:
    return f"{service.transport} port {service.port} of {service.address}"
