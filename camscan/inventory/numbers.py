"""Rows, many at a time, and their numbers: a writer is alone, so it counts on from the highest there is."""

from collections.abc import Iterator, Sequence
from itertools import count
from operator import itemgetter
from typing import Any

from sqlalchemy import Column, Executable, Table, func, insert, select
from sqlalchemy.engine import Connection

CHUNK = 5_000  # values of one IN (…): SQLite takes 32,766, PostgreSQL 65,535


def numbers_after(connection: Connection, column: "Column[Any]") -> Iterator[int]:
    """The numbers that are free in a column, ascending."""
    return count((connection.execute(select(func.max(column))).scalar() or 0) + 1)


def write(connection: Connection, statement: Executable, rows: Sequence[dict[str, Any]]) -> None:
    """Executes a statement for each row, if there is any."""
    if rows:
        connection.execute(statement, rows)


def add(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Inserts the rows, all with the same columns, if there is any. SQLAlchemy would look at each value of each row,
    which takes it three times as long as the database: what is stored here is plain in every dialect."""
    if not rows:
        return
    compiled = insert(table).compile(dialect=connection.dialect, column_keys=list(rows[0]))
    names = compiled.positiontup
    connection.exec_driver_sql(str(compiled), [itemgetter(*names)(row) for row in rows] if names else list(rows))


def chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The values, so many at a time as one statement may name."""
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))
