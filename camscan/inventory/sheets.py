"""Every device that is there, with everything that stands of it now, for reports: no history, and no reply's bytes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.engine import Connection

from camscan.dossier import Heard, Sheet
from camscan.inventory.as_one import all_able, weight
from camscan.inventory.decisions import all_decisions
from camscan.inventory.facts import MIDDLEBOX
from camscan.inventory.groups import ROOT
from camscan.inventory.in_force import InForce
from camscan.inventory.packed import DamagedError, unpacked_list, unpacked_mapping
from camscan.inventory.scans import scan_times
from camscan.inventory.tables import attribute, device, heard, judgement, observation, phrase
from camscan.model import AdvisoryVerdict, Capability, Device, Finding, Ignored, Middlebox, PolicyVerdict, Service
from camscan.place import WHERE, Location
from camscan.register import BAD, PRESENCE, Able

_TEXTS = ("mac", "vendor", "brand", "model", "firmware", "build", "serial", "kind", "site")
_UNTOLD = "nobody asked how many addresses it answers for"

_UNSURE = "cannot-say"
_AT_ONCE = 5_000  # rows

_Said = tuple[str, str, str, str | None, int, int]
"""Of a judgement its kind, name, state and severity, and the numbers of its words."""

Judged = Finding | AdvisoryVerdict | PolicyVerdict


@dataclass(slots=True)
class _Record:
    """A record of the register, and what was read of it so far. `root` is the number of the whole of which it is;
    `there`: it is not gone."""

    number: int
    id: str
    first_scan: int
    last_scan: int
    root: int
    there: bool
    values: dict[str, str] = field(default_factory=dict)
    confidence: dict[str, float] = field(default_factory=dict)
    members: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    able: dict[str, Able] = field(default_factory=dict)
    judged: dict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    since: dict[str, float] = field(default_factory=dict)
    unconfirmed: dict[str, float] = field(default_factory=dict)
    untold: dict[str, float] = field(default_factory=dict)
    heard: dict[Heard, None] = field(default_factory=dict)
    vantages: set[str] = field(default_factory=set)


def sheets(connection: Connection, *, now: float) -> list[Sheet]:
    """The devices, a whole and its parts as one, in the order of their numbers. Decisions are those that hold `now`, in
    seconds since the epoch."""
    times = scan_times(connection)
    decided = InForce(all_decisions(connection), now)
    groups = _groups(connection)
    records = {one.number: one for group in groups for one in group}
    _read_attributes(connection, records, times)
    _read_judgements(connection, records, times, decided)
    _read_heard(connection, records)
    return [_sheet(group, times, decided) for group in groups]


def _groups(connection: Connection) -> list[list[_Record]]:
    """The records of each device of which at least one is there; its own comes first."""
    there = select(attribute.c.device).where(attribute.c.name == PRESENCE, attribute.c.until.is_(None))
    present = set(connection.execute(there).scalars())
    columns = device.c
    query = select(columns.number, columns.public_id, columns.first_scan, columns.last_scan, ROOT)
    groups: dict[int, list[_Record]] = defaultdict(list)
    for row in connection.execute(query.order_by(columns.merged_into.is_not(None), columns.number)):
        number, public, first, last, root = row
        groups[root].append(_Record(number, public, first, last, root, number in present))
    return [group for group in groups.values() if any(one.there for one in group)]


def _read_attributes(connection: Connection, records: Mapping[int, _Record], times: Mapping[int, float]) -> None:
    columns = attribute.c
    query = select(
        columns.device, columns.name, columns.value, columns.confidence, columns.untold, columns.state, columns.enabled
    )
    for number, name, value, confidence, untold, *able in _rows(connection, query.where(columns.until.is_(None))):
        one = records.get(number)
        if one is None:
            continue
        if name == "capabilities":
            one.able[value] = Able(*able)
            continue
        if name in ("addresses", "services"):
            one.members[name].add(value)
            continue
        one.values[name] = value
        if confidence is not None:
            one.confidence[name] = confidence
        if untold is not None:
            one.untold[name] = times[untold]


def _read_judgements(
    connection: Connection, records: Mapping[int, _Record], times: Mapping[int, float], decided: InForce
) -> None:
    """What is found, affects, covers or cannot be said; what is fixed, or does not affect, calls for nothing."""
    judgements = _Judgements(connection, decided)
    columns = judgement.c
    query = select(
        columns.device, columns.since, columns.unconfirmed, columns.kind, columns.name, columns.state,
        columns.severity, columns.said, columns.basis,
    )  # fmt: skip
    query = query.where(columns.until.is_(None), or_(columns.kind == "verdict", columns.state.in_((*BAD, _UNSURE))))
    for number, since, unconfirmed, *said in _rows(connection, query.order_by(columns.name)):
        one = records.get(number)
        if one is None:
            continue
        kind, name, state = said[:3]
        one.judged[kind][name] = judgements.of(one.root, tuple(said))
        if state != _UNSURE and since != one.first_scan:
            one.since[name] = times[since]
        if unconfirmed is not None:
            one.unconfirmed[name] = times[unconfirmed]


def _rows(connection: Connection, query: Select[Any]) -> Iterator[Any]:
    """The rows, many at a time: one by one takes twice as long."""
    return chain.from_iterable(connection.execute(query).partitions(_AT_ONCE))


class _Judgements:
    """Judgements, each made once: the same is said of thousands of devices."""

    def __init__(self, connection: Connection, decided: InForce) -> None:
        self._texts = {row.id: row.text for row in connection.execute(select(phrase.c.id, phrase.c.text))}
        self._decided = decided
        self._made: dict[_Said, Judged] = {}

    def of(self, number: int, said: _Said) -> Judged:
        """That of a device, by what its row says. Raises `DamagedError`."""
        ignored = self._decided.ignored(number, said[1])
        if ignored is not None:
            return self._new(said, ignored)
        made = self._made.get(said)
        if made is None:
            made = self._made[said] = self._new(said, None)
        return made

    def _new(self, said: _Said, ignored: Ignored | None) -> Judged:
        kind, name, state, severity, words, rests = said
        return _judged(kind, name, state, severity or "info", self._words(words), self._words(rests), ignored)

    def _words(self, number: int) -> dict[str, Any]:
        if number not in self._texts:
            raise DamagedError("a judgement has no words")
        return unpacked_mapping(self._texts[number])


def _judged(
    kind: str,
    name: str,
    state: Any,
    severity: str,
    said: Mapping[str, Any],
    basis: Mapping[str, Any],
    ignored: Ignored | None,
) -> Judged:
    if kind == "finding":
        return Finding(
            id=name, state=state, severity=severity, confidence=said.get("confidence", 0.0), reason=said.get("reason"),
            evidence=tuple(said.get("evidence", ())), remedy=basis.get("remedy", ""), source=basis.get("source", ""),
            date=basis.get("date", ""), ignored=ignored,
        )  # fmt: skip
    if kind == "advisory":
        return AdvisoryVerdict(
            id=name, verdict=state, reason=said.get("reason") or "", severity=severity, fixed_in=basis.get("fixed_in"),
            kev=bool(basis.get("kev")), confidence=said.get("confidence", 0.0), ignored=ignored,
        )  # fmt: skip
    return PolicyVerdict(
        policy=name, verdict=state, reason=said.get("reason") or "", citation=basis.get("citation", ""),
        date=basis.get("date", ""), ignored=ignored,
    )  # fmt: skip


def _read_heard(connection: Connection, records: Mapping[int, _Record]) -> None:
    columns = observation.c
    query = (
        select(
            heard.c.device, heard.c.vantages, columns.protocol, columns.transport, columns.port, columns.request,
        )
        .join(observation, heard.c.observation == columns.id)
        .where(heard.c.until.is_(None))
        .order_by(columns.protocol, columns.port, columns.request)
    )  # fmt: skip
    places: dict[str, list[str]] = {}
    ways: dict[Any, Heard] = {}
    for number, vantages, *told in _rows(connection, query):
        one = records.get(number)
        if one is None:
            continue
        if vantages not in places:
            places[vantages] = [str(name) for name in unpacked_list(vantages)]
        one.vantages.update(places[vantages])
        one.heard[ways.setdefault(tuple(told), Heard._make(told))] = None


def _sheet(group: Sequence[_Record], times: Mapping[int, float], decided: InForce) -> Sheet:
    whole = _together(group)
    values = whole.values
    return Sheet(
        numbers=tuple(one.number for one in group),
        device=_device(whole, times, decided),
        uuid=values.get("uuid"),
        where=Location(**{name: values.get(name) for name in WHERE}),
        since=whole.since,
        unconfirmed=whole.unconfirmed,
        untold=whole.untold,
        heard=tuple(whole.heard),
        vantages=tuple(sorted(whole.vantages)),
    )


def _together(group: Sequence[_Record]) -> _Record:
    """One record of all (`as_one.py`)."""
    whole, *others = group
    for one in group if others else ():
        if not one.there:
            _hush(one)
    for one in others:
        whole.first_scan = min(whole.first_scan, one.first_scan)
        whole.last_scan = max(whole.last_scan, one.last_scan)
        placed = not whole.values.keys().isdisjoint(WHERE)
        _add(whole.values, {name: value for name, value in one.values.items() if not (placed and name in WHERE)})
        for name in ("confidence", "since", "unconfirmed", "untold", "heard"):
            _add(getattr(whole, name), getattr(one, name))
        for kind, rows in one.judged.items():
            _add(whole.judged[kind], rows)
            whole.judged[kind] |= {
                name: said for name, said in rows.items() if _is_worse(said, whole.judged[kind][name])
            }
        for name, members in one.members.items():
            whole.members[name] |= members
        whole.able = all_able([whole.able, one.able])
        whole.members["addresses"] |= {one.values["address"]} if "address" in one.values else set()
        whole.vantages |= one.vantages
    return whole


def _hush(one: _Record) -> None:
    """It is gone while another of its device is there: what it leaves is what a device has one of."""
    one.values.pop("address", None)
    for said in (one.members, one.able, one.judged, one.since, one.unconfirmed, one.heard, one.vantages):
        said.clear()


def _is_worse(one: Judged, other: Judged) -> bool:
    return _weight(one) > _weight(other)


def _weight(said: Judged) -> tuple[bool, int, bool]:
    if isinstance(said, Finding):
        return weight(said.state, said.severity)
    if isinstance(said, AdvisoryVerdict):
        return weight(said.verdict, said.severity, said.kev)
    return weight(said.verdict, None)


def _add(mine: dict[Any, Any], theirs: Mapping[Any, Any]) -> None:
    for key, value in theirs.items():
        mine.setdefault(key, value)


def _device(one: _Record, times: Mapping[int, float], decided: InForce) -> Device:
    values = one.values
    box = Middlebox(addresses=0, networks=(), reason=_UNTOLD) if values.get("kind") == MIDDLEBOX else None
    address = values.get("address", "")
    return Device(
        id=one.id,
        address=address,
        addresses=tuple(dict.fromkeys((address, *sorted(one.members["addresses"])))),
        **{name: values.get(name) for name in _TEXTS},  # type: ignore[arg-type]  # the names are those of texts
        capabilities=tuple(
            Capability(id=name, state=able.state, enabled=able.enabled, evidence=())
            for name, able in sorted(one.able.items())
        ),
        confidence=one.confidence,
        claims=(),
        conflicts=(),
        services=tuple(_services(one.members["services"], address)),
        observations=(),
        channels=(),
        middlebox=box,
        findings=tuple(one.judged["finding"].values()),
        advisories=tuple(one.judged["advisory"].values()),
        verdicts=tuple(one.judged["verdict"].values()),
        approved=decided.approved(one.root),
        tags=decided.tags(one.root),
        first_seen=times[one.first_scan],
        last_seen=times[one.last_scan],
    )


def _services(members: Iterable[str], address: str) -> Iterator[Service]:
    """`tcp/554/rtsp`, as the register keeps them."""
    for member in sorted(members):
        transport, _, rest = member.partition("/")
        port, _, protocol = rest.partition("/")
        if port.isdecimal():
            yield Service(address=address, port=int(port), transport=transport, protocol=protocol)
