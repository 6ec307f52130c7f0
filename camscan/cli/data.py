"""Which data files are used: those that came along, or newer ones that `camscan update` installed for this user.

Installed data stand in `$XDG_DATA_HOME/camscan/` (`~/.local/share/camscan/`), each bundle in a directory of its own;
`current` is a link to the one in use. Where the home of a user is not known, nothing is installed. (XDG Base Directory
0.8)
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from camscan.datafile import default_directory

FOLDER, CURRENT, MANIFEST = "fingerprints", "current", "manifest.json"

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
    return own_directory("XDG_DATA_HOME", ".local/share", environment)


def own_directory(variable: str, otherwise: str, environment: Mapping[str, str]) -> Path | None:
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
