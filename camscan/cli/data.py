"""Which data files are used: those that came along, or newer ones that `camscan update` installed for this user.

Installed data stand in `$XDG_DATA_HOME/camscan/` (`~/.local/share/camscan/`), each bundle in a directory of its own;
`current` is a link to the one in use, and replacing it is the whole of an installation. Keys that may sign bundles
stand in `$XDG_CONFIG_HOME/camscan/keys/` (`~/.config/camscan/keys/`) and `/etc/camscan/keys/`. Where the home of a user
is not known, nothing is installed. (XDG Base Directory 0.8)
"""

import json
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from camscan.datafile import default_directory
from camscan.errors import BundleError, CannotRunError

if TYPE_CHECKING:
    from camscan.intake.bundle import Bundle, Key

FOLDER, CURRENT, MANIFEST = "fingerprints", "current", "manifest.json"
SYSTEM_KEYS = Path("/etc/camscan/keys")

_DATE = re.compile(r"""^date\s*=\s*["']?(\d{4}-\d{2}-\d{2})""", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """A directory of data files and the date of the newest, as text; `installed` by a bundle, or shipped."""

    directory: Path
    date: str
    installed: bool


def data_directory() -> Path:
    """The directory in use."""
    return data_in_use().directory


def data_in_use() -> Data:
    """What was installed, where it is newer than what came along; else that."""
    home = data_home()
    installed = _installed(home) if home else None
    if installed is None:
        return Data(directory=default_directory(), date="", installed=False)
    shipped = shipped_data()
    return installed if installed.date > shipped.date else shipped


def shipped_data() -> Data:
    """The data that came along, dated by their newest datum."""
    directory = default_directory()
    dates = (newest_date(path) for path in directory.rglob("*.toml"))
    return Data(directory=directory, date=max((day for day in dates if day), default=""), installed=False)


def newest_date(path: Path) -> str | None:
    """The newest date in a data file, of the file or of one of its rules; None where there is none. Read as text, not
    by loading the rules: the answer comes also where a rule is broken."""
    try:
        return max(_DATE.findall(path.read_text(encoding="utf-8", errors="replace")), default=None)
    except OSError:
        return None


def data_home(environment: Mapping[str, str] = os.environ) -> Path | None:
    """Where this user's installed data are."""
    return _base("XDG_DATA_HOME", ".local/share", environment)


def key_folder(environment: Mapping[str, str] = os.environ) -> Path | None:
    """Where this user's keys are."""
    base = _base("XDG_CONFIG_HOME", ".config", environment)
    return base / "keys" if base else None


def _base(variable: str, otherwise: str, environment: Mapping[str, str]) -> Path | None:
    """The directory named by the variable, which counts only if it is absolute, else one in the user's home."""
    named = Path(environment.get(variable, ""))
    try:
        return (named if named.is_absolute() else Path.home() / otherwise) / "camscan"
    except RuntimeError:  # no such user, and no HOME
        return None


def _installed(home: Path) -> Data | None:
    """What `current` leads to; None where nothing is installed, or what is there is not whole."""
    directory = (home / CURRENT).resolve()
    try:
        day = date.fromisoformat(json.loads((directory / MANIFEST).read_bytes())["date"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    found = directory / FOLDER
    return Data(directory=found, date=day.isoformat(), installed=True) if found.is_dir() else None


def trusted_keys(named: list[Path], environment: Mapping[str, str] = os.environ) -> list["Key"]:
    """The keys named, and those of this user and of this machine. Raises `BundleError` for one that is none, or that
    others than its owner may change."""
    from camscan.intake.bundle import KEY_LIMIT, read_key

    keys = []
    for path in (*named, *_key_files(environment)):
        try:
            with path.open("rb") as stream:
                mode = os.fstat(stream.fileno()).st_mode
                pem = stream.read(KEY_LIMIT) if stat.S_ISREG(mode) else b""
        except OSError as error:
            raise BundleError(f"{path}: {(error.strerror or str(error)).lower()}") from None
        if mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise BundleError(f"{path}: others than its owner may change this key; chmod go-w it")
        keys.append(read_key(pem, str(path)))
    return keys


def _key_files(environment: Mapping[str, str]) -> Iterator[Path]:
    for folder in (key_folder(environment), SYSTEM_KEYS):
        if folder and folder.is_dir():
            yield from sorted(folder.glob("*.pem"))


def install(bundle: "Bundle", home: Path) -> Path:
    """Puts the bundle in place of what is installed: whole, or not at all. Its data are loaded first.

    Raises `KnowledgeError` for data that do not load, `CannotRunError` where nothing can be written.
    """
    from camscan.cli.chosen import known_policies
    from camscan.cli.known import load_known

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
