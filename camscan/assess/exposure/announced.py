"""What a device says of its own state in the makers' discovery protocols, the last word of each counting.

SADP says it in words. DHDiscover gives the number `Init`; the header files of Dahua's NetSDK give the bits of a found
device's state (DEVICE_NET_INFO_EX, byInitStatus in the low byte, byPwdResetWay above it). That the two are one number
is our reading: every reply known fits it.
"""

from camscan.assess.exposure.case import Case, Unsaid, latest, number, place, value
from camscan.model import Observation

DISCOVERY = ("sadp", "dhdiscover")
OWN_PROTOCOL = {"hikvision": "sadp", "dahua": "dhdiscover"}
_YES, _NO = 2, 1  # of each pair of bits; 0 is a device too old to say
_INITIALISED, _PUBLIC_ACCESS, _RESET = 0, 2, 6  # where the pairs begin
_WAYS = {8: "a phone number", 9: "e-mail", 10: "an exported file", 11: "a further way"}
_FUNCTIONS = {0: "to look for and set wireless networks", 1: "to change an expired password"}


def last_words(case: Case, *protocols: str) -> list[Observation]:
    """The latest discovery replies of these protocols, of both where none is named."""
    return latest(case.said(*(protocols or DISCOVERY)))


def named(observation: Observation) -> str:
    """`its sadp reply from 10.0.0.5:37020`."""
    return f"its {observation.reply.protocol} reply from {place(observation)}"


def not_heard(case: Case) -> Unsaid | None:
    """Why nothing can be said that only the maker's own discovery protocol tells; None where it was heard, or the maker
    has none."""
    own = OWN_PROTOCOL.get(case.device.vendor or "")
    if own is None or case.by_protocol.get(own):
        return None
    return Unsaid(reason=f"only {own} tells, and no reply was heard")


def flag(observation: Observation, name: str) -> bool | None:
    """A field of SADP that is true or false; None where it is neither."""
    return {"true": True, "false": False}.get((value(observation, name) or "").lower())


def is_activated(observation: Observation) -> bool | None:
    """Whether somebody has set a password; None where it does not say."""
    return flag(observation, "activated") if _is_sadp(observation) else _pair(observation, _INITIALISED)


def has_public_access(observation: Observation) -> bool | None:
    """Whether the maker's cloud, or access by a public network, is switched on."""
    return flag(observation, "cloud_enabled") if _is_sadp(observation) else _pair(observation, _PUBLIC_ACCESS)


def can_be_reset(observation: Observation) -> bool | None:
    """Whether its password can be reset without the old one."""
    return flag(observation, "password_reset") if _is_sadp(observation) else _pair(observation, _RESET)


def reset_ways(observation: Observation) -> list[str]:
    """By which ways, as far as it says."""
    state = _state(observation) or 0
    return [name for bit, name in _WAYS.items() if (state >> bit) & 1]


def open_functions(observation: Observation) -> list[str]:
    """What it offers before a login (dwUnLoginFuncMask)."""
    mask = number(value(observation, "open_functions_mask")) or 0
    return [name for bit, name in _FUNCTIONS.items() if (mask >> bit) & 1]


def is_too_old_to_say(observation: Observation) -> bool:
    """Whether it is of a generation that knows no activation."""
    state = _state(observation)
    return state is not None and state & 3 == 0


def _is_sadp(observation: Observation) -> bool:
    return observation.reply.protocol == "sadp"


def _state(observation: Observation) -> int | None:
    return number(value(observation, "init_mask"))


def _pair(observation: Observation, first_bit: int) -> bool | None:
    state = _state(observation)
    return None if state is None else {_YES: True, _NO: False}.get((state >> first_bit) & 3)
