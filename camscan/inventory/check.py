"""Whether the inventory is whole: the file, as SQLite sees it; every row by the rules; every cell by what it holds."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import CursorResult, func, select
from sqlalchemy.engine import Connection

from camscan.inventory.cells import RULES, ContentOf, broken_cells
from camscan.inventory.invariants import Rule, rules
from camscan.inventory.packed import DamagedError
from camscan.inventory.tables import metadata, scan
from camscan.register import Broken, Checked

SHOWN = 20  # rows of one rule that are told; a rule that is broken throughout has said enough by then


def check(connection: Connection, tool_version: str, content_of: ContentOf) -> Checked:
    """What is there and what breaks the rules. Raises `DamagedError` where the file itself is not whole."""
    check_file_pages(connection)
    ours = _is_all_of(connection, tool_version)
    made = list(rules())
    broken = [one for rule in made for one in _broken(connection, rule)]
    cells = list(broken_cells(connection, content_of if ours else None))
    rows = {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in metadata.sorted_tables
    }
    return Checked(
        rows=rows,
        rules=(*(rule.name for rule in made), *RULES),
        broken=(*broken, *cells),
        notes=() if ours else ("scans of other versions are among them, which may take ids of replies otherwise",),
    )


def check_file_pages(connection: Connection) -> None:
    """What SQLite says of the pages and indexes of the file; PostgreSQL looks after its own (data checksums).

    Raises `DamagedError` with the first thing, and how many more there are.
    """
    if connection.dialect.name != "sqlite":
        return
    told = [" ".join(str(row[0]).split()) for row in connection.exec_driver_sql("PRAGMA integrity_check")]
    if told != ["ok"]:
        more = f", and {len(told) - 1} more" if len(told) > 1 else ""
        raise DamagedError(f"{told[0].removeprefix('*** in database main *** ')}{more}")


def _is_all_of(connection: Connection, tool_version: str) -> bool:
    """Whether only this version has written here: another may mask other parts of a reply, and so give it another
    id."""
    others = select(func.count()).select_from(scan).where(scan.c.tool_version != tool_version)
    return not connection.execute(others).scalar_one()


def _broken(connection: Connection, rule: Rule) -> Iterator[Broken]:
    found = connection.execution_options(yield_per=SHOWN).execute(rule.broken)
    for row in islice(found, SHOWN):
        yield Broken(rule=rule.name, what=f"{_named(row)} {rule.says}")
    if more := _rest(found):
        yield Broken(rule=rule.name, what=f"and {more:,} more")


def _named(row: Any) -> str:
    return ", ".join(f"{name} {value}" for name, value in row._mapping.items() if value is not None)


def _rest(found: "CursorResult[Any]") -> int:
    return sum(1 for _ in found)
