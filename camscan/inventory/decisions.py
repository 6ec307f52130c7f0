"""What the owner has decided on devices. Nothing is overwritten: who changes his mind withdraws, and that stands
too."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.engine import Connection, Row

from camscan.decision import Decision, DecisionKind
from camscan.inventory.facts import VALUE_LIMIT, storable
from camscan.inventory.numbers import add, numbers_after
from camscan.inventory.tables import decision, device

TEXT_LIMIT = 2_000  # characters of a reason; who has more to say names the document


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What somebody says: `who`, when (`made`, seconds since the epoch), why, and until when it holds."""

    who: str
    made: float
    reason: str = ""
    expires: float | None = None


def decide(
    connection: Connection,
    kind: DecisionKind,
    devices: Iterable[int | None],
    subjects: Iterable[str | None],
    word: Word,
) -> list[int]:
    """Writes the decision for each of the devices (None: every device) and subjects; their numbers."""
    numbers = numbers_after(connection, decision.c.number)
    rows = [
        {
            "number": next(numbers),
            "kind": kind,
            "device": number,
            "subject": None if subject is None else storable(subject),
            "reason": storable(word.reason)[:TEXT_LIMIT],
            "who": storable(word.who)[:VALUE_LIMIT],
            "made": word.made,
            "expires": word.expires,
        }
        for number in devices
        for subject in subjects
    ]
    add(connection, decision, rows)
    return [int(row["number"]) for row in rows if row["number"] is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision and the number of the device that it is about, of a part that of its whole."""

    device: int | None
    decision: Decision


def all_decisions(connection: Connection, numbers: Collection[int] | None = None) -> list[Decided]:
    """Every decision, in the order in which they were made; with `numbers` those on these records and on all."""
    columns = decision.c
    query = select(decision, device.c.public_id, func.coalesce(device.c.merged_into, device.c.number).label("root"))
    query = query.outerjoin(device, columns.device == device.c.number).order_by(columns.number)
    if numbers is not None:
        query = query.where(or_(columns.device.is_(None), columns.device.in_(numbers)))
    return [Decided(device=row.root, decision=_decision(row)) for row in connection.execute(query)]


def _decision(row: "Row[Any]") -> Decision:
    return Decision(
        number=row.number,
        kind=row.kind,
        device=row.public_id,
        subject=row.subject,
        reason=row.reason,
        who=row.who,
        made=row.made,
        expires=row.expires,
        withdrawn=row.withdrawn,
        withdrawn_by=row.withdrawn_by,
        withdrawn_reason=row.withdrawn_reason,
    )
