"""What the owner has said of which devices are one, as identification takes it."""

import json
from collections import defaultdict

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from camscan.corrections import IDENTIFIERS, NO_MARKS, Corrections, Marks, marks_of
from camscan.inventory.decisions import TEXT_LIMIT, Word
from camscan.inventory.facts import storable
from camscan.inventory.numbers import add, numbers_after
from camscan.inventory.packed import DamagedError, unpacked_list
from camscan.inventory.tables import attribute, correction
from camscan.register import CorrectionKind

_NAMES = (*IDENTIFIERS, "address", "addresses")


def corrections(connection: Connection) -> Corrections:
    """All that hold."""
    columns = correction.c
    query = select(columns.kind, columns.device, columns.marks, columns.other_marks).where(columns.undone.is_(None))
    together: dict[int, set[Marks]] = defaultdict(set)
    apart = []
    for row in connection.execute(query.order_by(columns.number)):
        one, other = _read(row.marks), _read(row.other_marks)
        if row.kind == "merge":
            together[row.device] |= {one, other}
        elif one and other:
            apart.append((one, other))
    return Corrections(
        together=tuple(tuple(sorted(some, key=sorted)) for some in together.values()), apart=tuple(apart)
    )


def marks_now(connection: Connection, number: int) -> Marks:
    """What a device of the register is known by."""
    columns = attribute.c
    query = select(columns.name, columns.value).where(
        columns.device == number, columns.until.is_(None), columns.name.in_(_NAMES)
    )
    return marks_of(
        ("address" if row.name == "addresses" else row.name, row.value) for row in connection.execute(query)
    )


def note_correction(
    connection: Connection,
    kind: CorrectionKind,
    device: int,
    other: int,
    scan: int,
    word: Word,
    marks: tuple[Marks, Marks] = (NO_MARKS, NO_MARKS),
) -> None:
    """Writes down that two are one, or are not, since a row of the register, and the `marks` by which both are told."""
    row = {
        "number": next(numbers_after(connection, correction.c.number)),
        "kind": kind,
        "device": device,
        "marks": json.dumps(sorted(marks[0])),
        "other": other,
        "other_marks": json.dumps(sorted(marks[1])),
        "scan": scan,
        "reason": storable(word.reason)[:TEXT_LIMIT],
        "who": storable(word.who)[:TEXT_LIMIT],
        "made": word.made,
        "undone": None,
    }
    add(connection, correction, [row])


def undo_merge(connection: Connection, other: int, time: float) -> None:
    """From now on it is not said any more that this one is a part of another."""
    columns = correction.c
    query = update(correction).where(columns.other == other, columns.kind == "merge", columns.undone.is_(None))
    connection.execute(query.values(undone=time))


def _read(text: str) -> Marks:
    marks = unpacked_list(text)
    if not all(isinstance(mark, list) and len(mark) == 2 for mark in marks):
        raise DamagedError("a mark is no pair")
    return marks_of((str(attribute), str(value)) for attribute, value in marks)
