"""What a device tells of itself to anybody, and what it announces that anybody may do."""

from camscan.assess.exposure.announced import (
    DISCOVERY,
    can_be_reset,
    has_open_functions,
    is_sadp,
    open_functions,
    reset_ways,
    told,
)
from camscan.assess.exposure.asked import asked_with_login
from camscan.assess.exposure.case import CLEAR, Answer, Case, Unsaid, exposed, place
from camscan.model import Claim, Observation

_WITHOUT_LOGIN = ("sadp", "dhdiscover", "wsdiscovery", "mdns", "ssdp", "upnp", "tls", "snmp_engine")
"""Protocols that know no login, or end before one."""


def serial_disclosed(case: Case) -> Answer:
    """A reply that needs no login names its serial number: discovery, the realm of a login, a certificate, a
    description."""
    by_id = {o.id: o for o in case.device.observations}
    named = [
        (c, by_id[c.observation]) for c in case.device.claims if c.attribute == "serial" and c.observation in by_id
    ]
    free = [(c, o) for c, o in named if _needs_no_login(c, o)]
    if free:
        return exposed([f"{_way(c, o)} names {c.value}" for c, o in free], 0.95)
    if any(asked_with_login(o) is None for _, o in named):
        return Unsaid(reason="it is named, and it is not recorded whether a login was sent with the question")
    heard = any(case.said(*DISCOVERY))
    return Unsaid(reason="it is not named by what is recorded") if case.is_recorded and not heard else CLEAR


def _needs_no_login(claim: Claim, observation: Observation) -> bool:
    if observation.reply.protocol in _WITHOUT_LOGIN or claim.field == "realm":
        return True
    return asked_with_login(observation) is False


def _way(claim: Claim, observation: Observation) -> str:
    where = f"{observation.reply.protocol} from {place(observation)}"
    return f"the realm of the login by {where}" if claim.field == "realm" else f"the reply by {where}"


def password_recovery_announced(case: Case) -> Answer:
    """Its last SADP reply says `PasswordResetAbility` true, or its last DHDiscover reply that a reset is supported."""
    return told(case, can_be_reset, _can_be_reset, lambda o: 0.95 if is_sadp(o) else 0.75)


def _can_be_reset(observation: Observation) -> str:
    ways = [] if is_sadp(observation) else reset_ways(observation)
    how = f" by {' or '.join(ways)}" if ways else ""
    return f"says that its password can be reset{how}"


def functions_before_login(case: Case) -> Answer:
    """Its last DHDiscover reply names functions that it offers before a login."""
    if case.device.vendor != "dahua":
        return None
    return told(case, has_open_functions, _offers, lambda o: 0.7)


def _offers(observation: Observation) -> str:
    return f"offers {' and '.join(open_functions(observation))} without a login"
