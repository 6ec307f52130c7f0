"""How a device is set up: still as it left the factory, in the wrong network, or with a wrong clock.

Sources: Hikvision's SADP replies (`Activated`); for Dahua the header files of the maker's NetSDK, which give the bits
of a found device's state (DEVICE_NET_INFO_EX, byInitStatus and byPwdResetWay) as the `Init` of a DHDiscover reply
shows them. That the two are one number is our reading: every reply known fits it.
"""

from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError

from camscan.assess.exposure.case import Answer, Case, Exposed, Unsaid, exposed, place, value
from camscan.model import Observation
from camscan.protocols.onvif import utc_seconds

FACTORY_ADDRESSES = {
    "hikvision": ("192.168.1.64", "192.0.0.64"),
    "dahua": ("192.168.1.108",),
}
CLOCK_SECONDS = 300.0  # the skew that Kerberos allows; from here on logs of two devices cannot be held together
_OWN_PROTOCOL = {"hikvision": "sadp", "dahua": "dhdiscover"}
_NOT_INITIALISED, _INITIALISED = 1, 2


def never_activated(case: Case) -> Answer:
    """Its SADP reply says `Activated` false, or its DHDiscover reply that it was not initialised. Cannot be said of a
    Hikvision or Dahua device that did not answer its maker's discovery protocol, or does not tell.
    """
    states = [(o, _is_activated(o)) for o in case.said("sadp", "dhdiscover")]
    open_ones = [o for o, activated in states if activated is False]
    if open_ones:
        sure = 0.97 if any(o.reply.protocol == "sadp" for o in open_ones) else 0.8
        return exposed([f"its {o.reply.protocol} reply says that it was never activated" for o in open_ones], sure)
    if any(activated for _, activated in states):
        return None
    own = _OWN_PROTOCOL.get(case.device.vendor or "")
    if own is None:
        return None
    heard = "its reply does not say" if case.by_protocol.get(own) else "no reply was heard"
    return Unsaid(reason=f"only {own} tells whether it was activated, and {heard}")


def _is_activated(observation: Observation) -> bool | None:
    if observation.reply.protocol == "sadp":
        return {"true": True, "false": False}.get((value(observation, "activated") or "").lower())
    bits = init_bits(observation)
    return None if bits is None else {_NOT_INITIALISED: False, _INITIALISED: True}.get(bits & 3)


def init_bits(observation: Observation) -> int | None:
    """The number under `Init` of a DHDiscover reply."""
    text = value(observation, "init_mask") or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 10 else None


def factory_address(case: Case) -> Answer:
    """Its address, or the one its discovery reply names, is that with which its maker delivers every device."""
    known = FACTORY_ADDRESSES.get(case.device.vendor or "", ())
    told = [a for o in case.said("sadp", "dhdiscover") for a in o.fields.get("address", ())]
    found = sorted(set(known) & {*case.device.addresses, *told})
    return exposed([f"it uses {address}, the address it was delivered with" for address in found], 0.9)


def wrong_subnet(case: Case) -> Answer:
    """It answered on a wire of whose networks none holds its address, or its discovery reply gives a gateway that is
    not in its own network.
    """
    pieces = [f"it answered on {o.reply.sensor or 'a wire'} from {o.reply.address}, which no network of it holds"
              for o in case.device.observations if o.reply.foreign]  # fmt: skip
    pieces += [text for o in case.said("sadp", "dhdiscover") for text in _lost_gateway(o)]
    return exposed(pieces, 0.9)


def _lost_gateway(observation: Observation) -> list[str]:
    address, mask, gateway = (value(observation, name) for name in ("address", "netmask", "gateway"))
    try:
        network = IPv4Network(f"{address}/{mask}", strict=False)
        outside = IPv4Address(gateway or "") not in network
    except (AddressValueError, NetmaskValueError, ValueError):
        return []
    if not outside or IPv4Address(gateway or "").is_unspecified or network.prefixlen == 32:
        return []
    return [f"its {observation.reply.protocol} reply gives {gateway} as gateway of {network}"]


def clock_wrong(case: Case) -> Answer:
    """ONVIF GetSystemDateAndTime differs by more than five minutes from the clock of the scan. Cannot be said where a
    recording does not tell when that was, or where it speaks ONVIF and keeps the time to itself.
    """
    asked = list(case.said("onvif"))
    dated = [(o, seconds) for o in asked if (seconds := utc_seconds(o.fields)) is not None]
    timed = [(o, seconds - o.reply.time) for o, seconds in dated if o.reply.time is not None]
    wrong = [f"{place(o)}: its clock is {_span(off)}" for o, off in timed if abs(off) > CLOCK_SECONDS]
    if wrong or timed:
        return exposed(wrong, 0.95)
    if dated:
        return Unsaid(reason="it is not recorded when it told the time")
    return Unsaid(reason="it speaks ONVIF and does not tell the time") if asked else None


def _span(off: float) -> str:
    days, seconds = divmod(int(abs(off)), 86400)
    size = f"{days:,} days" if days else f"{seconds // 60:,} minutes"
    return f"{size} {'ahead' if off > 0 else 'behind'}"


def _own_network(case: Case) -> list[str]:
    told = {a for o in case.said("onvif") for a in o.fields.get("interface_address", ())}
    networks = sorted({str(n) for n in map(_network, told) if n is not None})
    return [f"ONVIF names interfaces in {', '.join(networks)}"] if len(networks) > 1 else []


def _network(text: str) -> IPv4Network | None:
    try:
        return IPv4Network(text, strict=False)
    except ValueError:
        return None


def own_network_behind_it(case: Case) -> Answer:
    """ONVIF names interfaces in several networks, or the model number of a recorder says that it powers cameras on
    ports of its own.
    """
    between = _own_network(case)
    if between:
        return exposed(between, 0.9)
    powers = any(capability.id == "poe-ports" for capability in case.device.capabilities)
    if powers and case.device.kind == "recorder":
        sentence = f"its model number {case.device.model} says that it powers cameras on ports of its own"
        return Exposed(evidence=(sentence,), sure=0.7)
    return None
