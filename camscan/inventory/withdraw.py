"""Takes decisions back. That they were made stands, and so does that they were withdrawn."""

from collections.abc import Iterable

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from camscan.errors import UsageError
from camscan.inventory.decisions import TEXT_LIMIT, Word
from camscan.inventory.facts import VALUE_LIMIT, storable
from camscan.inventory.groups import relink
from camscan.inventory.tables import decision


def withdraw(connection: Connection, numbers: Iterable[int], word: Word) -> None:
    """Takes these back, or none of them. Raises `UsageError` where there is none of a number, where it is withdrawn
    already, and where it cannot be."""
    for number in numbers:
        _refuse(connection, number)
        values = {
            "withdrawn": word.made,
            "withdrawn_by": storable(word.who)[:VALUE_LIMIT],
            "withdrawn_reason": storable(word.reason)[:TEXT_LIMIT],
        }
        connection.execute(update(decision).where(decision.c.number == number).values(values))
    relink(connection)


def _refuse(connection: Connection, number: int) -> None:
    columns = decision.c
    found = connection.execute(select(columns.kind, columns.withdrawn).where(columns.number == number)).first()
    if found is None:
        raise UsageError(f"no decision {number}; `camscan decisions` lists them")
    if found.withdrawn is not None:
        raise UsageError(f"decision {number} is withdrawn already")
    if found.kind == "cut":
        raise UsageError(f"decision {number} has parted what was recorded, and cannot be taken back")
