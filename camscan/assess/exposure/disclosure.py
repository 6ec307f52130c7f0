"""What a device tells of itself to anybody, and what it announces that anybody may do."""

from camscan.assess.exposure.announced import (
    can_be_reset,
    last_words,
    named,
    not_heard,
    open_functions,
    reset_ways,
)
from camscan.assess.exposure.asked import asked_with_login
from camscan.assess.exposure.case import Answer, Case, Unsaid, exposed, place
from camscan.model import Claim, Observation

_WITHOUT_LOGIN = ("sadp", "dhdiscover", "wsdiscovery", "mdns", "ssdp", "upnp", "tls", "snmp_engine")
"""Protocols that know no login, or end before one."""


def serial_disclosed(case: Case) -> Answer:
    """A reply that needs no login names its serial number: discovery, the realm of a login, a certificate, a
    description."""
    by_id = {o.id: o for o in case.device.observations}
    told = [(c, by_id[c.observation]) for c in case.device.claims if c.attribute == "serial" and c.observation in by_id]
    free = [(c, o) for c, o in told if _needs_no_login(c, o)]
    found = exposed([f"{_way(c, o)} names {c.value}" for c, o in free], 0.95)
    if found is None and any(asked_with_login(o) is None for _, o in told):
        return Unsaid(reason="it is named, and it is not recorded whether a login was sent with the question")
    return found or (not_heard(case) if case.is_recorded else None)


def _needs_no_login(claim: Claim, observation: Observation) -> bool:
    if observation.reply.protocol in _WITHOUT_LOGIN or claim.field == "realm":
        return True
    return asked_with_login(observation) is False


def _way(claim: Claim, observation: Observation) -> str:
    where = f"{observation.reply.protocol} from {place(observation)}"
    return f"the realm of the login by {where}" if claim.field == "realm" else f"the reply by {where}"


def password_recovery_announced(case: Case) -> Answer:
    """Its last SADP reply says `PasswordResetAbility` true, or its last DHDiscover reply that a reset is supported."""
    offers = [o for o in last_words(case) if can_be_reset(o)]
    sure = 0.95 if any(o.reply.protocol == "sadp" for o in offers) else 0.75
    return exposed([f"{named(o)} says that its password can be reset{_by(o)}" for o in offers], sure) or not_heard(case)


def _by(observation: Observation) -> str:
    ways = reset_ways(observation)
    return f" by {' or '.join(ways)}" if ways else ""


def functions_before_login(case: Case) -> Answer:
    """Its last DHDiscover reply names functions that it offers before a login."""
    heard = last_words(case, "dhdiscover")
    pieces = [f"{named(o)} offers {what} without a login" for o in heard for what in open_functions(o)]
    return exposed(pieces, 0.7) or (not_heard(case) if case.device.vendor == "dahua" else None)
