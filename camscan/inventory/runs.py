"""What of a device's runs ends, begins or goes on, given what a scan says of it now. Pure.

Five rules. What a device no longer says is not over until something else takes its place; it is marked as untold. What
is less sure replaces nothing unless the device was asked everything (`whole`). Of what it has several of, a member ends
only where it was looked for. An open port that says nothing this time still speaks what it spoke: its answer may be
late. What is found, or affects, stands until it is said that it is not so; that it cannot be said is no better, and
marked as unconfirmed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from camscan.inventory.facts import Facts, Key, Statement
from camscan.inventory.identity import SameValue
from camscan.place import WHERE
from camscan.register import BAD, PRESENCE, SEVERAL, SINGLE, UNTOLD, Able

_SPELLED = ("model", "serial", "kind")  # attributes of which one value has several forms
_UNSURE = "cannot-say"
_BARE = "tcp"  # the protocol of a port that is open, and nothing more is known of it


@dataclass(frozen=True, slots=True)
class Held:
    """An open run of an attribute, as it is stored."""

    id: int
    name: str
    value: str
    confidence: float | None
    untold: bool
    able: Able = UNTOLD


class Begun(NamedTuple):
    """A run of an attribute that begins."""

    name: str
    value: str
    confidence: float | None = None
    able: Able = UNTOLD


@dataclass(frozen=True, slots=True)
class Stands:
    """An open run of a judgement; `unconfirmed` where the last scan could not say it again."""

    id: int
    key: Key
    statement: Statement
    unconfirmed: bool


@dataclass(slots=True)
class Edits:
    """What is to be written of one device. `told` are runs that hold again, with value and confidence of today;
    `untold` those that nothing says any more; `abled` capabilities that are known in another way; `reworded` judgements
    that stand, with other words or confirmed again; `unconfirmed` those that stand although they cannot be said any
    more."""

    begin: list[Begun] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    told: list[tuple[int, str, float | None]] = field(default_factory=list)
    untold: list[int] = field(default_factory=list)
    abled: list[tuple[int, Able]] = field(default_factory=list)
    judge: list[tuple[Key, Statement]] = field(default_factory=list)
    settle: list[int] = field(default_factory=list)
    reworded: list[tuple[int, Statement]] = field(default_factory=list)
    unconfirmed: list[int] = field(default_factory=list)


def edits(
    held: Iterable[Held],
    stands: Iterable[Stands],
    now: Facts,
    *,
    whole: bool,
    looked_for: Callable[[Key], bool],
    same_value: SameValue,
    seen: bool = True,
) -> Edits:
    """The difference. `looked_for((attribute, value))` says whether a member that is missing was looked for; `seen`
    is false where nobody asked the device, and its old replies were judged anew."""
    made = Edits()
    held = list(held)
    _single({h.name: h for h in held if h.name in SINGLE}, now, whole, same_value, made)
    _several({(h.name, h.value): h for h in held if h.name in SEVERAL}, now, whole, looked_for, made)
    if seen and not any(h.name == PRESENCE for h in held):
        made.begin.append(Begun(PRESENCE, "there"))
    _statements({s.key: s for s in stands}, now.statements, whole, made)
    return made


def holds_more(held: Iterable[Held], stands: Iterable[Stands], now: Facts, made: Edits, same_value: SameValue) -> bool:
    """Whether something stays open, after these edits, that `now` does not say: it may end when more is asked."""
    ended, settled, abled = set(made.end), set(made.settle), dict(made.abled)
    return any(_is_more(h, abled.get(h.id, h.able), now, same_value) for h in held if h.id not in ended) or any(
        one.key[0] != "verdict" and _is_doubted(one, now) for one in stands if one.id not in settled
    )


def _is_more(held: Held, able: Able, now: Facts, same_value: SameValue) -> bool:
    if held.name in SEVERAL:
        key = held.name, held.value
        return key not in now.members or able != now.able.get(key, UNTOLD)
    if held.name in (PRESENCE, *WHERE):
        return False
    told = now.single.get(held.name)
    return told is None or not _agree(held.name, held.value, told[0], same_value)


def _is_doubted(stands: Stands, now: Facts) -> bool:
    said = now.statements.get(stands.key)
    return said is None or said.state != stands.statement.state


def _single(held: Mapping[str, Held], now: Facts, whole: bool, same_value: SameValue, made: Edits) -> None:
    for name in (name for name in SINGLE if name not in WHERE):  # which `locations` settles
        old, new = held.get(name), now.single.get(name)
        if new is None:
            if old and whole and not old.untold:
                made.untold.append(old.id)
        elif old is None:
            made.begin.append(Begun(name, *new))
        elif _agree(name, old.value, new[0], same_value):
            _go_on(old, new, made)
        elif whole or _as_sure(new[1], old.confidence):
            made.end.append(old.id)
            made.begin.append(Begun(name, *new))


def _agree(name: str, one: str, other: str, same_value: SameValue) -> bool:
    return one == other or (name in _SPELLED and same_value(name, one, other))


def _go_on(old: Held, new: tuple[str, float | None], made: Edits) -> None:
    """The run holds; of two spellings the one that says more stays."""
    value = new[0] if len(new[0]) > len(old.value) else old.value
    if old.untold or value != old.value or new[1] != old.confidence:
        made.told.append((old.id, value, new[1]))


def _as_sure(new: float | None, old: float | None) -> bool:
    return new is None or old is None or new >= old


def _several(held: Mapping[Key, Held], now: Facts, whole: bool, looked_for: Callable[[Key], bool], made: Edits) -> None:
    spoke = mute_services(held, now)
    known = {_port(key) for key in spoke}
    new = sorted(key for key in now.members - held.keys() if not (_is_bare(key) and _port(key) in known))
    made.begin += [Begun(*key, able=now.able.get(key, UNTOLD)) for key in new]
    made.end += [old.id for key, old in held.items() if key not in now.members | spoke and looked_for(key)]
    for key, old in held.items():
        able = _known_by(old.able, now.able.get(key, old.able), whole)
        if able != old.able:
            made.abled.append((old.id, able))


def mute_services(held: Iterable[Key], now: Facts) -> set[Key]:
    """Of these services those whose port is open now and says nothing: neither that nor anything else."""
    mute = {_port(key) for key in now.members if _is_bare(key)}
    return {key for key in held if key[0] == "services" and _port(key) in mute and not _is_bare(key)}


def _port(key: Key) -> str | None:
    """`tcp/80` of a service; None of anything else."""
    name, value = key
    return "/".join(value.split("/", 2)[:2]) if name == "services" else None


def _is_bare(key: Key) -> bool:
    return key[0] == "services" and key[1].split("/", 2)[2] == _BARE


def _known_by(old: Able, new: Able, whole: bool) -> Able:
    """A model number says less than the device's own word, and silence less than that something is on or off."""
    if whole:
        return new
    state = "observed" if old.state == "observed" else new.state
    return Able(state, old.enabled if new.enabled is None else new.enabled)


def _statements(stands: Mapping[Key, Stands], now: Mapping[Key, Statement], whole: bool, made: Edits) -> None:
    for key, new in now.items():
        old = stands.get(key)
        if old is None:
            made.judge.append((key, new))
        elif _stands_so(old.statement) == _stands_so(new):
            made.reworded += [(old.id, new)] if old.statement != new or old.unconfirmed else []
        elif new.state == _UNSURE and old.statement.state in BAD:
            made.unconfirmed += [] if old.unconfirmed else [old.id]
        elif whole or new.state != _UNSURE:
            made.settle.append(old.id)
            made.judge.append((key, new))
    made.settle += list(_over(stands, now, whole))
    made.unconfirmed += list(_unsaid(stands, now, whole))


def _stands_so(one: Statement) -> tuple[str, str | None, bool]:
    """What makes another run of a judgement; the rest is wording."""
    return one.state, one.severity, one.exploited


def _over(stands: Mapping[Key, Stands], now: Mapping[Key, Statement], whole: bool) -> Iterator[int]:
    """Findings that are not made any more. Silence says nothing of an advisory, which is fixed or does not affect,
    or of a policy, which may not have been chosen this time."""
    if whole:
        yield from (old.id for key, old in stands.items() if key not in now and key[0] == "finding")


def _unsaid(stands: Mapping[Key, Stands], now: Mapping[Key, Statement], whole: bool) -> Iterator[int]:
    """Advisories that affect, as far as is known, although nothing says so any more."""
    if whole:
        silent = (old for key, old in stands.items() if key not in now and key[0] == "advisory" and not old.unconfirmed)
        yield from (old.id for old in silent if old.statement.state in BAD)
