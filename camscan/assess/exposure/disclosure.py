"""What a device tells of itself to anybody, and what it announces that anybody may do."""

from camscan.assess.exposure.case import Answer, Case, Unsaid, exposed, place, value
from camscan.assess.exposure.login import asked_with_login
from camscan.assess.exposure.setup import init_bits
from camscan.model import Observation

_DISCOVERY = ("sadp", "dhdiscover")
_AFTER_LOGIN = ("isapi", "magicbox", "onvif", "snmp")  # protocols of which a serial mostly came with a login
_RESET_SHIFT, _RESET_SUPPORTED = 6, 2  # bits 6 and 7 of the state: 1 is no, 2 is yes
_CLOUD_SHIFT, _CLOUD_ENABLED = 2, 2  # bits 2 and 3: access by a public network
_RESET_WAYS = ("a phone number", "e-mail", "an exported file", "a phone registered with the maker")
_WIFI_BIT, _PASSWORD_BIT = 1, 2
_ON_THE_WIRE = {"multicast", "broadcast"}


def serial_disclosed(case: Case) -> Answer:
    """A reply that needs no login names it: SADP, DHDiscover, the realm of a login, a certificate, a description."""
    by_id = {o.id: o for o in case.device.observations}
    told = [by_id[c.observation] for c in case.device.claims if c.attribute == "serial" and c.observation in by_id]
    free = [o for o in told if o.reply.protocol not in _AFTER_LOGIN or asked_with_login(o) is False]
    return exposed([f"{_way(o)} names it" for o in free], 0.95)


def _way(observation: Observation) -> str:
    name = observation.reply.protocol
    what = "the realm of its login" if observation.fields.get("realm") and name in ("http", "rtsp") else "the reply"
    return f"{what} by {name} from {place(observation)}"


def discovery_answered(case: Case) -> Answer:
    """SADP or DHDiscover answered."""
    heard = [o for o in case.said(*_DISCOVERY) if o.reply.transport == "udp"]
    return exposed([f"{o.reply.protocol} answered ({', '.join(o.channels)})" for o in heard], 0.99)


def discovery_across_router(case: Case) -> Answer:
    """SADP or DHDiscover answered a question that a router passed on. On the wire of the scan itself that is not seen:
    a scan from another network shows it.
    """
    heard = [o for o in case.said(*_DISCOVERY) if o.reply.transport == "udp"]
    across = [f"{o.reply.protocol} answered from {place(o)}, with a router between" for o in heard if o.reply.routed]
    near = any(o.reply.routed is False or _ON_THE_WIRE & set(o.channels) for o in heard)
    if across or near or not heard:
        return exposed(across, 0.95)
    return Unsaid(reason="the recording does not tell whether a router stood between")


def password_recovery_announced(case: Case) -> Answer:
    """Its SADP reply says `PasswordResetAbility` true, or its DHDiscover reply names ways to reset the password."""
    offers = [o for o in case.said("sadp") if (value(o, "password_reset") or "").lower() == "true"]
    pieces = ["its sadp reply says that its password can be reset with a code from the maker" for _ in offers]
    pieces += [text for o in case.said("dhdiscover") for text in _recovery(o)]
    return exposed(pieces, 0.95 if offers else 0.75)


def _recovery(observation: Observation) -> list[str]:
    bits = init_bits(observation)
    if bits is None or (bits >> _RESET_SHIFT) & 3 != _RESET_SUPPORTED:
        return []
    ways = [name for number, name in enumerate(_RESET_WAYS) if (bits >> (8 + number)) & 1]
    how = f" by {' or '.join(ways)}" if ways else ""
    return [f"its dhdiscover reply says that its password can be reset{how}"]


def functions_before_login(case: Case) -> Answer:
    """Its DHDiscover reply names functions that it offers before a login."""
    return exposed([text for o in case.said("dhdiscover") for text in _open_functions(o)], 0.7)


def _open_functions(observation: Observation) -> list[str]:
    text = value(observation, "open_functions_mask") or ""
    mask = int(text) if text.isascii() and text.isdecimal() and len(text) <= 10 else 0
    names = [(_WIFI_BIT, "to look for and set wireless networks"), (_PASSWORD_BIT, "to change an expired password")]
    return [f"its dhdiscover reply offers {what} without a login" for bit, what in names if mask & bit]


def cloud_enabled(case: Case) -> Answer:
    """Its SADP reply says `HCPlatformEnable` true, or its DHDiscover reply that a public network may reach it."""
    pieces = [
        "its sadp reply says that the maker's cloud is enabled"
        for o in case.said("sadp")
        if (value(o, "cloud_enabled") or "").lower() == "true"
    ]
    told = [init_bits(o) for o in case.said("dhdiscover")]
    if any(bits is not None and (bits >> _CLOUD_SHIFT) & 3 == _CLOUD_ENABLED for bits in told):
        pieces.append("its dhdiscover reply says that access from a public network is enabled")
    return exposed(pieces, 0.8)


def port_forwarded(case: Case) -> Answer:
    """A gateway inside the scope lists a mapping of one of its own ports to the address of the device (UPnP). Cannot be
    said where no gateway in the scope told what it forwards.
    """
    told = case.around.forwarded
    if told is None:
        return Unsaid(reason="no gateway in the scope told what it forwards")
    return exposed([text for address in case.device.addresses for text in told.get(address, ())], 0.95)
