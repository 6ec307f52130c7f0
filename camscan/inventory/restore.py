"""Puts a backup into the place of an inventory, in one transaction of its writer: a scan that is to be recorded
meanwhile waits, and is recorded after it. What was there before is kept beside a SQLite file.
"""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from camscan.errors import UsageError
from camscan.inventory.backup import named
from camscan.inventory.check import check_file_pages
from camscan.inventory.pages import appearing, copy_pages, put_aside
from camscan.inventory.place import Place, check_file
from camscan.inventory.refused import SpoiltError, explained
from camscan.inventory.rows import clear_rows, copy_rows
from camscan.inventory.store import Inventory, opened, read_only
from camscan.inventory.tables import device, scan


@contextmanager
def opened_backup(path: Path, beside: Path | None) -> Iterator[Inventory]:
    """A copy of a backup, brought up to date where its tables are older; the backup itself stays as it is. The copy is
    made in a directory of its own, in that of `beside` if there is one, because there is room for it.

    Raises `UsageError` where there is none, `CannotRunError` where it cannot be read or is damaged.
    """
    if not path.exists():
        raise UsageError(f"{path}: there is no such backup")
    check_file(path)
    with tempfile.TemporaryDirectory(dir=_directory(beside), prefix=".camscan-restore-") as name:
        copy = Path(name) / "backup.sqlite"
        copy.touch(mode=0o600)
        with explained(f"backup {path}"), closing(read_only(path)) as source:
            copy_pages(source, copy)
        with opened(Place(path=copy)) as inventory:
            inventory.name = str(path)
            yield inventory


def restore(place: Place, source: Connection, *, force: bool, moment: str) -> Path | None:
    """Everything at the place becomes what `source` holds, a transaction that sees one state. The file in which is kept
    what was there, named after the moment; None where nothing was, or it is a PostgreSQL database.

    Raises `UsageError` where something is there, unless `force`; `CannotRunError` where it cannot be done: then all is
    as it was.
    """
    aside = _spoilt_aside(place, force, moment)
    with opened(place, create=True) as target, target.writing() as connection:
        kept = _keep(target, connection, force, moment)
        clear_rows(connection)
        copy_rows(source, connection)
    return aside or kept


def _keep(target: Inventory, connection: Connection, force: bool, moment: str) -> Path | None:
    """Nobody else writes now, and what was written before can be read."""
    scans, devices = (
        connection.execute(select(func.count()).select_from(table)).scalar_one() for table in (scan, device)
    )
    if not scans:
        return None
    if not force:
        raise UsageError(
            f"inventory {target.name}: it holds {named(scans, 'scan')} and {named(devices, 'device')}; "
            "--force replaces them"
        )
    if target.place.path is None:
        return None
    name = _replaced(target.place.path, moment)
    with appearing(name, force=False) as copy:
        target.copy_to(copy)
    return name


def _spoilt_aside(place: Place, force: bool, moment: str) -> Path | None:
    """A file of which nothing can be made gets another name, with `force`; without it, what is wrong is raised."""
    if place.path is None or not place.path.exists():
        return None
    try:
        with opened(place, create=True) as target, target.reading() as connection:
            check_file_pages(connection)
    except SpoiltError as error:
        if not force:
            raise SpoiltError(f"{error}; --force puts it aside") from None
        name = _replaced(place.path, moment)
        put_aside(place.path, name)
        return name
    return None


def _replaced(path: Path, moment: str) -> Path:
    return path.with_name(f"{path.name}.replaced-{moment}")


def _directory(beside: Path | None) -> Path | None:
    return beside.absolute().parent if beside is not None and beside.absolute().parent.is_dir() else None
