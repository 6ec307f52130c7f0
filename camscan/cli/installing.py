"""Puts newer data in place of those in use: whole, or not at all.

Each bundle has a directory of its own; turning the link `current` to it is the whole of an installation.
"""

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from camscan.cli.chosen import known_policies
from camscan.cli.data import CURRENT, FOLDER, MANIFEST
from camscan.cli.known import load_known
from camscan.errors import CannotRunError

if TYPE_CHECKING:
    from camscan.intake.bundle import Bundle


def install(bundle: "Bundle", home: Path) -> Path:
    """Puts the bundle in place of what is installed: whole, or not at all. Its data are loaded first.

    Raises `KnowledgeError` for data that do not load, `CannotRunError` where nothing can be written.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        incoming = Path(tempfile.mkdtemp(prefix="incoming-", dir=home))
        try:
            _write(bundle, incoming)
            load_known(incoming / FOLDER)
            known_policies(incoming / FOLDER)
            return _put_in_place(incoming, home, str(bundle.date))
        finally:
            shutil.rmtree(incoming, ignore_errors=True)
    except OSError as error:
        raise CannotRunError(f"{home}: {(error.strerror or str(error)).lower()}") from None


def _write(bundle: "Bundle", directory: Path) -> None:
    (directory / MANIFEST).write_bytes(bundle.manifest)
    for name, content in bundle.files.items():
        path = directory / FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _put_in_place(incoming: Path, home: Path, day: str) -> Path:
    """Names the new directory, turns the link to it, and takes away what the link led to before."""
    old = (home / CURRENT).resolve() if (home / CURRENT).is_symlink() else None
    target = home / f"data-{day}-{incoming.name.removeprefix('incoming-')}"
    incoming.rename(target)
    link = home / f".{target.name}"
    link.symlink_to(target.name)
    link.replace(home / CURRENT)
    if old is not None and old.parent == home.resolve() and old.name.startswith("data-"):
        shutil.rmtree(old, ignore_errors=True)
    return target
