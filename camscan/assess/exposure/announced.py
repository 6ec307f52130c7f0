"""What a device says of its own state in the makers' discovery protocols.

SADP says it in words. DHDiscover gives the number `Init`; the header files of Dahua's NetSDK give the bits of a found
device's state (DEVICE_NET_INFO_EX, byInitStatus in the low byte, byPwdResetWay above it). That the two are one number
is our reading: every reply known fits it.

The last word on a thing counts, whoever of its addresses said it; a later reply that leaves the thing out takes nothing
back. Words of one time, or of none, that contradict each other leave it open.
"""

from collections.abc import Callable
from dataclasses import dataclass

from camscan.assess.exposure.case import CLEAR, Answer, Case, Unsaid, exposed, number, place, value
from camscan.model import Observation

DISCOVERY = ("sadp", "dhdiscover")
OWN_PROTOCOL = {"hikvision": "sadp", "dahua": "dhdiscover"}
_YES, _NO = 2, 1  # of each pair of bits; 0 is a device too old to say
_INITIALISED, _PUBLIC_ACCESS, _RESET = 0, 2, 6  # where the pairs begin
_WAYS = {8: "a phone number", 9: "e-mail", 10: "an exported file", 11: "a further way"}
_FUNCTIONS = {0: "to look for and set wireless networks", 1: "to change an expired password"}

Reading = Callable[[Observation], bool | None]
"""What one reply says of a thing: that it is so, that it is not, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastWord:
    """Whether it is so by the last word, None where nobody says or they contradict; and who said so last."""

    so: bool | None
    said: tuple[Observation, ...]


NOBODY = LastWord(so=None, said=())
CONTRADICTED = Unsaid(reason="its discovery replies contradict each other, and it is not known which came last")


def last_word(case: Case, reads: Reading) -> LastWord:
    """The last word on a thing."""
    stated = [(o, so) for o in case.said(*DISCOVERY) if (so := reads(o)) is not None]
    if not stated:
        return NOBODY
    newest = max((o.reply.time for o, _ in stated if o.reply.time is not None), default=None)
    last = [(o, so) for o, so in stated if o.reply.time in (None, newest)]
    answers = {so for _, so in last}
    return LastWord(so=answers.pop() if len(answers) == 1 else None, said=tuple(o for o, _ in last))


def told(
    case: Case, reads: Reading, says: Callable[[Observation], str], sure: Callable[[Observation], float]
) -> Answer:
    """Exposed where it is so by the last word, in these words and as sure as the surest of them."""
    word = last_word(case, reads)
    if word.so:
        return exposed([f"{named(o)} {says(o)}" for o in word.said], max(map(sure, word.said)))
    if word.said and word.so is None:
        return CONTRADICTED
    return CLEAR if word.said else not_told(case)


def named(observation: Observation) -> str:
    """`its sadp reply from 10.0.0.5:37020`."""
    return f"its {observation.reply.protocol} reply from {place(observation)}"


def not_told(case: Case) -> Unsaid | None:
    """Why nothing can be said that only the maker's own discovery protocol tells; None where the maker has none."""
    own = OWN_PROTOCOL.get(case.device.vendor or "")
    if case.heard(*DISCOVERY):
        return Unsaid(reason="its discovery reply does not say")
    return Unsaid(reason=f"only {own} tells, and no reply was heard") if own else None


def flag(name: str) -> Reading:
    """A field of SADP that is true or false."""
    return lambda observation: {"true": True, "false": False}.get((value(observation, name) or "").strip().lower())


def is_activated(observation: Observation) -> bool | None:
    """Whether somebody has set a password."""
    return flag("activated")(observation) if is_sadp(observation) else _pair(observation, _INITIALISED)


def has_public_access(observation: Observation) -> bool | None:
    """Whether the maker's cloud, or access by a public network, is switched on."""
    return flag("cloud_enabled")(observation) if is_sadp(observation) else _pair(observation, _PUBLIC_ACCESS)


def can_be_reset(observation: Observation) -> bool | None:
    """Whether its password can be reset without the old one."""
    return flag("password_reset")(observation) if is_sadp(observation) else _pair(observation, _RESET)


def has_open_functions(observation: Observation) -> bool | None:
    """Whether it offers anything before a login (dwUnLoginFuncMask)."""
    mask = number(value(observation, "open_functions_mask"))
    return None if mask is None else bool(open_functions(observation))


def reset_ways(observation: Observation) -> list[str]:
    """By which ways, as far as it says."""
    state = _state(observation) or 0
    return [name for bit, name in _WAYS.items() if (state >> bit) & 1]


def open_functions(observation: Observation) -> list[str]:
    """What it offers before a login."""
    mask = number(value(observation, "open_functions_mask")) or 0
    return [name for bit, name in _FUNCTIONS.items() if (mask >> bit) & 1]


def is_too_old_to_say(observation: Observation) -> bool:
    """Whether it is of a generation that knows no activation."""
    state = _state(observation)
    return state is not None and state & 3 == 0


def is_sadp(observation: Observation) -> bool:
    """Whether it speaks in words."""
    return observation.reply.protocol == "sadp"


def _state(observation: Observation) -> int | None:
    return number(value(observation, "init_mask"))


def _pair(observation: Observation, first_bit: int) -> bool | None:
    state = _state(observation)
    return None if state is None else {_YES: True, _NO: False}.get((state >> first_bit) & 3)
