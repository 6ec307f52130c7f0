"""What is judged of the devices that are there, as it stands on their sheets."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from camscan.inventory.in_force import InForce
from camscan.inventory.packed import DamagedError, unpacked_mapping
from camscan.inventory.sheet_records import Judged, Record, rows
from camscan.inventory.tables import judgement, phrase
from camscan.model import AdvisoryVerdict, Finding, Ignored, PolicyVerdict
from camscan.register import BAD

_UNSURE = "cannot-say"

_Said = tuple[str, str, str, str | None, int, int]
"""Of a judgement its kind, name, state and severity, and the numbers of its words."""


def read_judgements(
    connection: Connection, records: Mapping[int, Record], times: Mapping[int, float], decided: InForce
) -> None:
    """What is found, affects, covers or cannot be said; what is fixed, or does not affect, calls for nothing."""
    judgements = _Made(connection, decided)
    columns = judgement.c
    query = select(
        columns.device, columns.since, columns.unconfirmed, columns.kind, columns.name, columns.state,
        columns.severity, columns.said, columns.basis,
    )  # fmt: skip
    query = query.where(columns.until.is_(None), or_(columns.kind == "verdict", columns.state.in_((*BAD, _UNSURE))))
    for number, since, unconfirmed, *said in rows(connection, query.order_by(columns.name)):
        one = records.get(number)
        if one is None:
            continue
        kind, name, state = said[:3]
        one.judged[kind][name] = judgements.of(one.root, tuple(said))
        if state != _UNSURE and since != one.first_scan:
            one.since[name] = times[since]
        if unconfirmed is not None:
            one.unconfirmed[name] = times[unconfirmed]


class _Made:
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
