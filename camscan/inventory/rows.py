"""All rows of one inventory, copied into another of whatever database: what is stored is plain in both."""

from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.engine import Connection

from camscan.inventory.numbers import add, write
from camscan.inventory.tables import metadata

AT_ONCE = 2_000  # rows in memory together; a reply has some kB


def copy_rows(source: Connection, target: Connection) -> None:
    """Every row of every table, into empty tables. `source` is a transaction that sees one state."""
    for table in metadata.sorted_tables:
        _copy(table, source, target)


def clear_rows(target: Connection) -> None:
    """Empties every table."""
    for table in reversed(metadata.sorted_tables):
        target.execute(delete(table))


def _copy(table: Table, source: Connection, target: Connection) -> None:
    """A row may name one of its own table that comes later: that is written when all are there."""
    own = [column for column in table.columns if any(key.column.table is table for key in column.foreign_keys)]
    nothing = {column.name: None for column in own}
    for rows in source.execution_options(yield_per=AT_ONCE).execute(select(table)).mappings().partitions():
        add(target, table, [dict(row) | nothing for row in rows])
    (key,) = list(table.primary_key.columns)[:1]
    for column in own:
        named = source.execute(select(key.label("row"), column.label("other")).where(column.is_not(None))).mappings()
        statement = update(table).where(key == bindparam("row")).values({column: bindparam("other")})
        write(target, statement, [dict(row) for row in named])
