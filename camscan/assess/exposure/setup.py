"""How a device is set up: still as it left the factory, in the wrong network, or with a wrong clock."""

from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Network

from camscan.assess.exposure.announced import (
    CONTRADICTED,
    DISCOVERY,
    flag,
    is_activated,
    is_sadp,
    is_too_old_to_say,
    last_word,
    named,
    not_told,
)
from camscan.assess.exposure.case import CLEAR, Answer, Case, Unsaid, exposed, latest, place, value
from camscan.model import Observation
from camscan.protocols import http, onvif

FACTORY_ADDRESSES = {
    "hikvision": ("192.168.1.64", "192.0.0.64"),
    "dahua": ("192.168.1.108",),
}
CLOCK_SECONDS = 300.0  # the skew that Kerberos allows; from here on logs of two devices cannot be held together
_CLOCK_ANSWER = "GetSystemDateAndTimeResponse"


def never_activated(case: Case) -> Answer:
    """Its last discovery reply says that nobody has set a password."""
    word = last_word(case, is_activated)
    if word.so is False:
        pieces = [f"{named(o)} says that it was never activated" for o in word.said]
        return exposed(pieces, 0.97 if any(map(is_sadp, word.said)) else 0.8)
    if word.so:
        return CLEAR
    if word.said:
        return CONTRADICTED
    if any(is_too_old_to_say(o) for o in case.said(*DISCOVERY)):
        return Unsaid(
            reason="it is of a generation that knows no activation; whether its password was changed is not asked"
        )
    return not_told(case)


def factory_address(case: Case) -> Answer:
    """Its address, or the one its discovery reply names, is that with which its maker delivers every device."""
    known = FACTORY_ADDRESSES.get(case.device.vendor or "")
    if known is None:
        return None
    own = [
        f"it answers at {a}, an address its maker delivers devices with" for a in known if a in case.device.addresses
    ]
    told = [
        f"{named(o)} names {address}, an address its maker delivers devices with"
        for o in _addressed(case)
        for address in o.fields["address"]
        if address in known and address != o.reply.address
    ]
    if not (own or told):
        return CLEAR
    chosen = last_word(case, is_activated).so or last_word(case, flag("dhcp")).so  # somebody, or a server, gave it
    return exposed([*own, *told], 0.5 if chosen else 0.9)


def _addressed(case: Case) -> list[Observation]:
    """The last discovery replies that name an address."""
    return latest(o for o in case.said(*DISCOVERY) if "address" in o.fields) if case.heard(*DISCOVERY) else []


def wrong_subnet(case: Case) -> Answer:
    """It answered on a wire of whose networks none holds its address, or gives a gateway that is not in its own
    network."""
    foreign = [o for o in case.device.observations if o.reply.foreign and not o.reply.routed]
    pieces = [
        f"it answered on {o.reply.sensor or 'a wire'} from {o.reply.address}, of no network there" for o in foreign
    ]
    addressed = _addressed(case)
    found = exposed([*pieces, *(text for o in addressed for text in _lost_gateway(o))], 0.9)
    return found or (CLEAR if addressed else not_told(case))


def _lost_gateway(observation: Observation) -> list[str]:
    address, mask, gateway = (value(observation, name) or "" for name in ("address", "netmask", "gateway"))
    try:
        network, router = IPv4Network(f"{address}/{mask}", strict=False), IPv4Address(gateway)
    except ValueError:
        return []
    fit = _is_of_a_host(IPv4Address(address)) and _is_of_a_host(router) and 0 < network.prefixlen < 31
    if not fit or router in network:
        return []
    return [f"{named(observation)} gives {router} as gateway of {network}"]


def _is_of_a_host(address: IPv4Address) -> bool:
    return not (address.is_unspecified or address.is_loopback or address.is_multicast or address.is_reserved)


def clock_wrong(case: Case) -> Answer:
    """ONVIF GetSystemDateAndTime differs by more than five minutes from the clock of the scan."""
    if not case.heard("onvif"):
        return case.unheard("the ONVIF clock", (*http.PORTS, *http.TLS_PORTS))
    dated = [(o, told) for o in case.said("onvif") if (told := onvif.utc_seconds(o.fields)) is not None]
    last = latest(o for o, _ in dated)
    timed = [(o, told, now) for o, told in dated if o in last and (now := _heard_at(o)) is not None]
    if timed:
        return exposed([_off(o, told, now) for o, told, now in timed if abs(told - now) > CLOCK_SECONDS], 0.95) or CLEAR
    if dated:
        return Unsaid(reason="it is not recorded when it told the time")
    if any(value(o, "answer") == _CLOCK_ANSWER or o.reply.request == onvif.DATE.name for o in case.said("onvif")):
        return Unsaid(reason="it was asked for the time by ONVIF, and told none")
    return Unsaid(reason="it speaks ONVIF, and its time is not recorded")


def _heard_at(observation: Observation) -> float | None:
    """When it said so; other scanners note when they were done."""
    return None if observation.reply.channel == "imported" else observation.reply.time


def _off(observation: Observation, told: float, now: float) -> str:
    days, seconds = divmod(int(min(abs(told - now), 1e12)), 86400)
    size = f"{days:,} days" if days else f"{seconds // 60:,} minutes"
    way = "ahead" if told > now else "behind"
    return f"{place(observation)} said {_shown(told)} at {_shown(now)}: {size} {way}"


def _shown(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return "a time beyond any calendar"
