"""Loads `advisories/*.toml`, one file an advisory, checked before anything is done.

A file states sources and the day they were looked at, and devices as examples with the verdict expected. One that no
scan can see (the software of a server, a client, an app, a display) has a reason in place of statements.
"""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast, get_args

from camscan.assess.advisory.advisory import Advisory, Example, Login
from camscan.assess.advisory.affected import Affected, Verdict
from camscan.assess.firmware import Firmware
from camscan.assess.reading import Words, checked_firmware, checked_models, maybe, one_of, texts, words_in
from camscan.datafile import load_toml, need, refuse_unknown, tables
from camscan.errors import KnowledgeError

FOLDER = "advisories"
_KEYS = {
    "id", "title", "makers", "brands", "kinds", "component", "unseen", "cvss", "cvss_vector", "cvss_source", "kev",
    "published", "login", "confidence", "date", "sources", "note", "affected", "example",
}  # fmt: skip
_AFFECTED_KEYS = {
    "models", "kinds", "since", "until", "before", "only", "fixed", "same_line", "spared", "possible", "earlier", "gap",
    "said",
}  # fmt: skip
_EXAMPLE_KEYS = {"vendor", "brand", "model", "maker_model", "kind", "firmware", "build", "verdict"}


def load_advisories(directory: Path, words: Words) -> tuple[Advisory, ...]:
    """All advisories of a data directory, by id; none where it has no such folder.

    Raises `KnowledgeError` naming file and reason for the first bad one.
    """
    found = [load_advisory(path, words) for path in advisory_files(directory)]
    return tuple(sorted(found, key=lambda one: one.id))


def advisory_files(directory: Path) -> list[Path]:
    """The files of advisories. Raises `KnowledgeError` for a folder that cannot be entered, or one in the folder."""
    folder = directory / FOLDER
    if not folder.is_dir():
        return []
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise KnowledgeError(f"{folder}: {(error.strerror or 'cannot be read').lower()}") from None
    for entry in entries:
        if entry.is_dir():
            raise KnowledgeError(f"{entry.path}: a directory, not a file")
    return [Path(entry.path) for entry in entries if entry.name.endswith(".toml")]


def load_advisory(path: Path, words: Words) -> Advisory:
    """One file. Raises `KnowledgeError` naming it and what is wrong."""
    table, where = load_toml(path), str(path)
    refuse_unknown(table, _KEYS, where)
    made = Advisory(
        id=need(table, "id", str, where),
        title=need(table, "title", str, where),
        makers=words_in("makers", table, words.makers, where),
        brands=words_in("brands", table, words.brands, where),
        kinds=words_in("kinds", table, words.kinds, where),
        component=need(table, "component", str, where),
        unseen=maybe("unseen", table, str, where),
        cvss=maybe("cvss", table, float, where),
        cvss_vector=maybe("cvss_vector", table, str, where),
        cvss_source=maybe("cvss_source", table, str, where),
        kev=maybe("kev", table, date, where),
        published=maybe("published", table, date, where),
        login=one_of("login", table, get_args(Login), where),
        confidence=one_of("confidence", table, ("high", "medium"), where),
        date=need(table, "date", date, where),
        sources=texts("sources", table, where),
        note=maybe("note", table, str, where) or "",
        affected=tuple(_affected(row, words, where) for row in tables(table.get("affected", []), f"{where}: affected")),
        examples=tuple(_example(row, where) for row in tables(table.get("example", []), f"{where}: example")),
    )
    for reason in _mistakes(made, path):
        raise KnowledgeError(f"{where}: {reason}")
    return made


def _mistakes(advisory: Advisory, path: Path) -> Iterator[str]:
    """What is wrong with the whole, though each part is well formed."""
    if path.stem != advisory.id:
        yield f"its id is {advisory.id}, unlike its name"
    if not advisory.sources:
        yield "sources is empty"
    if not (advisory.makers or advisory.brands):
        yield "neither makers nor brands"
    if bool(advisory.unseen) == bool(advisory.affected):
        yield "needs affected, or the reason in unseen why no scan can see it, and not both"
    if advisory.affected and not advisory.examples:
        yield "no example"
    if advisory.cvss is not None and not 0 <= advisory.cvss <= 10:
        yield f"cvss {advisory.cvss}"


def _affected(row: dict[str, Any], words: Words, file: str) -> Affected:
    where = f"{file}: affected"
    refuse_unknown(row, _AFFECTED_KEYS, where)
    if "until" in row and "before" in row:
        raise KnowledgeError(f"{where}: until and before, of which one ends the range")
    bounds = {name: _bound(name, row, where) for name in ("since", "until", "before", "fixed")}
    return Affected(
        models=checked_models(row, where),
        kinds=words_in("kinds", row, words.kinds, where),
        **bounds,
        only=tuple(checked_firmware(text, "only", where) for text in texts("only", row, where)),
        same_line=maybe("same_line", row, bool, where) or False,
        spared=maybe("spared", row, bool, where) or False,
        possible=maybe("possible", row, str, where),
        earlier=maybe("earlier", row, str, where),
        gap=maybe("gap", row, str, where),
        said=need(row, "said", str, where),
    )


def _bound(name: str, row: dict[str, Any], where: str) -> Firmware | None:
    text = maybe(name, row, str, where)
    return None if text is None else checked_firmware(text, name, where)


def _example(row: dict[str, Any], file: str) -> Example:
    where = f"{file}: example"
    refuse_unknown(row, _EXAMPLE_KEYS, where)
    device = {name: need(row, name, str, where) for name in row if name != "verdict"}
    verdict = one_of("verdict", row, (*get_args(Verdict), "no-row"), where)
    return Example(device=device, verdict=None if verdict == "no-row" else cast(Verdict, verdict))
