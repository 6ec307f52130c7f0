"""Services that a device should not offer to everybody: which ports and protocols count is data."""

from collections.abc import Collection
from dataclasses import dataclass

from camscan.assess.exposure.case import BARE, CLEAR, Answer, Case, Clear, Unsaid, exposed
from camscan.model import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What counts: protocols wherever they were heard, and TCP ports where nothing else was. `makers` are those whose
    devices the ports are about; empty: everybody's."""

    protocols: Collection[str]
    ports: Collection[int]
    makers: Collection[str]


def offered(case: Case, offer: Offer) -> Answer:
    """Exposed where the protocol was spoken, less surely where only its port is open. Cannot be said where none of its
    ports was tried."""
    services = case.device.services
    spoken = [f"{_place(s)} speaks {s.protocol}" for s in services if s.protocol in offer.protocols]
    if offer.makers and case.device.vendor not in offer.makers:
        return exposed(spoken, 0.98)
    bare = [s for s in services if (s.transport, s.protocol) == ("tcp", BARE) and s.port in offer.ports]
    opened = [f"{_place(s)} is open; what speaks there was not asked or did not say" for s in bare]
    return exposed([*spoken, *opened], 0.98 if spoken else 0.7) or _untried(case, offer)


def _untried(case: Case, offer: Offer) -> Unsaid | Clear:
    """What silence says: nothing where nobody tried."""
    if any(service.port in offer.ports for service in case.device.services):
        return CLEAR
    if not offer.ports:
        return case.unheard(" or ".join(sorted(offer.protocols)))
    asked = case.around.asked_ports
    if asked is None:
        return Unsaid(reason="it is not recorded which ports were tried")
    return CLEAR if asked & frozenset(offer.ports) else Unsaid(reason="none of its ports was tried")


def _place(service: Service) -> str:
    return f"{service.transport} port {service.port} of {service.address}"
