"""From where a device can be reached, and what can be reached through it."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

from camscan.assess.exposure.announced import DISCOVERY, has_public_access, is_sadp, not_told, told
from camscan.assess.exposure.case import CLEAR, Answer, Case, Exposed, Unsaid, exposed, place
from camscan.model import Observation

_ON_THE_WIRE = {"multicast", "broadcast"}
NETWORKS_SHOWN = 4


def discovery_answered(case: Case) -> Answer:
    """SADP or DHDiscover answered."""
    heard = _discovered(case)
    pieces = [f"{o.reply.protocol} answered from {place(o)} ({', '.join(o.channels)})" for o in heard]
    return exposed(pieces, 0.99) or (not_told(case) if case.is_recorded else CLEAR)


def _discovered(case: Case) -> list[Observation]:
    return [o for o in case.said(*DISCOVERY) if o.reply.transport == "udp"]


def discovery_across_router(case: Case) -> Answer:
    """SADP or DHDiscover answered a question that a router passed on."""
    heard = _discovered(case)
    across = [f"{o.reply.protocol} answered from {place(o)}, with a router between" for o in heard if o.reply.routed]
    near = any(o.reply.routed is False or _ON_THE_WIRE & set(o.channels) for o in heard)
    if not heard:
        return not_told(case) if case.is_recorded else CLEAR
    if across or near:
        return exposed(across, 0.95) or CLEAR
    return Unsaid(reason="it is not recorded whether a router stood between")


def port_forwarded(case: Case) -> Answer:
    """A gateway inside the scope lists a mapping of one of its own ports to the address of the device (UPnP)."""
    mappings = case.around.forwarded
    if mappings is None:
        return Unsaid(reason="no gateway in the scope told what it forwards")
    found = exposed([text for address in case.device.addresses for text in mappings.get(address, ())], 0.95)
    whole = case.around.told_all
    return found or (
        CLEAR if whole else Unsaid(reason="a gateway in the scope did not tell to the end what it forwards")
    )


def cloud_enabled(case: Case) -> Answer:
    """Its last SADP reply says `HCPlatformEnable` true, or its last DHDiscover reply that access by a public network is
    enabled."""
    return told(case, has_public_access, _access, lambda o: 0.8)


def _access(observation: Observation) -> str:
    what = "the maker's cloud" if is_sadp(observation) else "access by a public network"
    return f"says that {what} is enabled"


def own_network_behind_it(case: Case) -> Answer:
    """ONVIF names interfaces of a recorder in networks of their own, or its model number says that it powers
    cameras."""
    if case.device.kind != "recorder":
        return None
    names = [text for o in case.said("onvif") if _interfaces(o) > 1 for text in o.fields.get("interface_address", ())]
    networks = _apart(names)
    if len(networks) > 1:
        listed = ", ".join(map(str, networks[:NETWORKS_SHOWN]))
        return Exposed(evidence=(f"ONVIF names interfaces in {listed}",), sure=0.9)
    if any(capability.id == "poe-ports" for capability in case.device.capabilities):
        sentence = f"its model number {case.device.model} says that it powers cameras on ports of its own"
        return Exposed(evidence=(sentence,), sure=0.7)
    return CLEAR


def _interfaces(observation: Observation) -> int:
    return len(set(observation.fields.get("interface_mac", ()) or observation.fields.get("interface_name", ())))


def _apart(texts: Iterable[str]) -> list[IPv4Network | IPv6Network]:
    """The IPv4 networks in these texts that hold nothing of each other; what is of one link only counts for nothing."""
    found = {network for text in texts if (network := _network(text)) is not None}
    return sorted(collapse_addresses(found))


def _network(text: str) -> IPv4Network | None:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return None
    plain = isinstance(network, IPv4Network) and not (network.is_link_local or network.is_loopback)
    return network if plain and isinstance(network, IPv4Network) else None
