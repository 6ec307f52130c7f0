"""The file of `--notify`: to whom messages about changes go. `[[notify]]` tables with a name, an address as apprise
takes it, and what is of interest there.

Rule: an address may hold a password, so the file is for its owner alone, and nothing of an address is ever shown.
"""

import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from camscan.datafile import load_toml, refuse_unknown, tables, text_of, texts
from camscan.errors import UsageError
from camscan.model import SEVERITIES
from camscan.transport.messenger import Messenger

OPTION = "--notify"
_KEYS = {"name", "url", "events", "severity"}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One place where messages go: of these events, and of findings and advisories those at or above `severity`."""

    name: str
    messenger: Messenger = field(repr=False)
    events: tuple[str, ...]
    severity: str | None


def load_targets(path: Path) -> tuple[Target, ...]:
    """The targets of a file. Raises `CamscanError` naming the file, the target and the reason."""
    _refuse_readable(path)
    document = load_toml(path)
    refuse_unknown(document, {"notify"}, str(path))
    targets = tuple(_target(table, str(path)) for table in tables(document.get("notify", []), f"{path}: notify"))
    if not targets:
        raise UsageError(f"{path}: no [[notify]] in it")
    names = [target.name for target in targets]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"{path}: two targets are called {name}")
    return targets


def _refuse_readable(path: Path) -> None:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError as error:
        raise UsageError(f"{OPTION} {path}: {(error.strerror or str(error)).lower()}") from None
    if mode & 0o077:
        raise UsageError(f"{OPTION} {path}: its mode is {mode:04o}, and it may hold passwords: chmod 600")


def _target(table: dict[str, Any], file: str) -> Target:
    from camscan.change import EVENTS

    name = text_of(table, "name", f"{file}: notify")
    if not _NAME.fullmatch(name):
        raise UsageError(f"{file}: notify {name}: a name is of letters, digits, dots, dashes and underscores")
    where = f"{file}: notify {name}"
    refuse_unknown(table, _KEYS, where)
    events = texts(table, "events", where) or EVENTS
    _refuse_strange(events, EVENTS, f"{where}: events")
    severity = text_of(table, "severity", where) if "severity" in table else None
    _refuse_strange((severity,) if severity else (), SEVERITIES, f"{where}: severity")
    try:
        messenger = Messenger(text_of(table, "url", where))
    except ValueError as error:
        raise UsageError(f"{where}: url: {error}") from None
    return Target(name=name, messenger=messenger, events=events, severity=severity)


def _refuse_strange(given: tuple[str, ...], known: tuple[str, ...], where: str) -> None:
    for word in given:
        if word not in known:
            raise UsageError(f"{where}: {word} is none of {', '.join(known)}")
