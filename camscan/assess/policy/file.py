"""Loads `policies/*.toml`, one file a text; each datum is proved by its own examples when it is read.

An unknown key, a maker, brand or kind that is not in the vocabulary, a missing part, or an example that comes out
otherwise is refused in one line: file and reason.
"""

import re
from collections.abc import Container, Iterator, Mapping
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any, cast

from camscan.assess.policy.affiliates import AFFILIATES, load_affiliates
from camscan.assess.policy.policy import (
    ANSWERS,
    SCOPES,
    Affiliate,
    Answer,
    Condition,
    Example,
    Policy,
    Reach,
    Step,
    Subject,
    Terms,
)
from camscan.assess.policy.verdict import failing
from camscan.assess.site import ATTRIBUTES, OWNERS, Site
from camscan.datafile import load_toml, need, refuse_unknown, tables, text_of, texts
from camscan.errors import KnowledgeError

FOLDER = "policies"

_KEYS = {
    "id", "name", "jurisdiction", "effective", "date", "confidence", "binds", "scope", "sentence", "citation",
    "sources", "limit", "note", "steps", "reach", "condition", "affiliates", "example",
}  # fmt: skip
_REACH_KEYS = {"makers", "seat", "kinds", "unclear", "equipment", "presumed", "why"}
_CONDITION_KEYS = {"attribute", "values", "why"}
_EXAMPLE_KEYS = {"vendor", "brand", "kind", "sure", "site", "verdict"}
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DAY = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")


def load_policies(directory: Path, terms: Terms) -> dict[str, Policy]:
    """All policies of a data directory by id; none where it has no such folder. Raises `KnowledgeError` for the first
    bad one."""
    paths = policy_files(directory)
    affiliates = load_affiliates(directory / AFFILIATES, terms) if paths else {}
    return {policy.id: policy for policy in (load_policy(path, terms, affiliates) for path in paths)}


def policy_files(directory: Path) -> list[Path]:
    """The files of policies, in order. Raises `KnowledgeError` for a folder that cannot be entered, or one in it."""
    folder = directory / FOLDER
    if not folder.is_dir():
        return []
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise KnowledgeError(f"{folder}: {(error.strerror or 'cannot be read').lower()}") from None
    for path in paths:
        if path.is_dir():
            raise KnowledgeError(f"{path}: a directory, not a file")
    return [path for path in paths if path.suffix == ".toml"]


def load_policy(path: Path, terms: Terms, affiliates: Mapping[str, Affiliate]) -> Policy:
    """One file, proved by its own examples. Raises `KnowledgeError` naming it and what is wrong."""
    table, where = load_toml(path), str(path)
    refuse_unknown(table, _KEYS, where)
    policy = Policy(
        id=text_of(table, "id", where),
        name=text_of(table, "name", where),
        jurisdiction=text_of(table, "jurisdiction", where),
        effective=_day(table, "effective", where),
        date=str(need(table, "date", date, where)),
        confidence=_one_of(table, "confidence", ("high", "medium"), where),
        binds=text_of(table, "binds", where),
        scope=_several(table, "scope", SCOPES, where),
        sentence=text_of(table, "sentence", where),
        citation=text_of(table, "citation", where),
        sources=texts(table, "sources", where),
        limit=text_of(table, "limit", where) if "limit" in table else "",
        note=text_of(table, "note", where) if "note" in table else "",
        steps=tuple(_step(row, where) for row in tables(table.get("steps", []), f"{where}: steps")),
        reach=tuple(_reach(row, terms, where) for row in tables(table.get("reach", []), f"{where}: reach")),
        conditions=tuple(_condition(row, where) for row in tables(table.get("condition", []), f"{where}: condition")),
        reaches_affiliates=need(table, "affiliates", bool, where) if "affiliates" in table else False,
        affiliates=affiliates,
        examples=tuple(_example(row, terms, where) for row in tables(table.get("example", []), f"{where}: example")),
    )
    for reason in chain(_mistakes(policy, path), failing(policy)):
        raise KnowledgeError(f"{where}: {reason}")
    return policy


def _mistakes(policy: Policy, path: Path) -> Iterator[str]:
    """What is wrong with the whole, though each part is well formed."""
    if policy.id != path.stem or not _ID.fullmatch(policy.id):
        yield f"its id is {policy.id}: not its name, or not lower-case words joined by hyphens"
    for name in ("scope", "sources", "reach", "steps"):
        if not getattr(policy, name):
            yield f"{name} is missing or empty"
    if not {"not-covered", "cannot-say"} <= {example.verdict for example in policy.examples}:
        yield "no example of a device that is not covered, or none of which it cannot be said"


def _reach(row: dict[str, Any], terms: Terms, file: str) -> Reach:
    where = f"{file}: reach"
    refuse_unknown(row, _REACH_KEYS, where)
    if ("kinds" in row) != ("equipment" in row) or ("unclear" in row and "kinds" not in row):
        raise KnowledgeError(f"{where}: kinds need equipment, which names them in words, and unclear needs kinds")
    if "presumed" in row and "kinds" not in row:
        raise KnowledgeError(f"{where}: presumed needs kinds")
    if "makers" in row and "seat" in row:
        raise KnowledgeError(f"{where}: makers and seat, of which one says whose devices are meant")
    makers = _known(row, "makers", terms.seats, where) if "makers" in row else None
    seat = text_of(row, "seat", where) if "seat" in row else None
    if seat is not None and seat not in terms.seats.values():
        raise KnowledgeError(f"{where}: seat is {seat}, where no maker of the vocabulary has it")
    return Reach(
        makers=frozenset(maker for maker, at in terms.seats.items() if at == seat) if seat else makers,
        seat=seat,
        unseated=frozenset(maker for maker, at in terms.seats.items() if at is None) if seat else frozenset(),
        kinds=_known(row, "kinds", terms.kinds, where) if "kinds" in row else None,
        unclear=_known(row, "unclear", terms.kinds, where),
        equipment=text_of(row, "equipment", where) if "equipment" in row else "",
        presumed=text_of(row, "presumed", where) if "presumed" in row else "",
        why=text_of(row, "why", where) if "why" in row else "",
    )


def _condition(row: dict[str, Any], file: str) -> Condition:
    where = f"{file}: condition"
    refuse_unknown(row, _CONDITION_KEYS, where)
    attribute = _one_of(row, "attribute", ATTRIBUTES, where)
    values = need(row, "values", list, where)
    kind = bool if attribute == "sensitive" else str
    if not values or not all(type(value) is kind for value in values):
        raise KnowledgeError(f"{where}: values of {attribute} are not a list of {kind.__name__}")
    if attribute == "owner" and not set(values) <= set(OWNERS):
        raise KnowledgeError(f"{where}: values of owner are not among {', '.join(OWNERS)}")
    return Condition(attribute=attribute, values=tuple(values), why=text_of(row, "why", where) if "why" in row else "")


def _step(row: dict[str, Any], file: str) -> Step:
    where = f"{file}: steps"
    refuse_unknown(row, {"on", "what"}, where)
    return Step(on=_day(row, "on", where), what=text_of(row, "what", where))


def _example(row: dict[str, Any], terms: Terms, file: str) -> Example:
    where = f"{file}: example"
    refuse_unknown(row, _EXAMPLE_KEYS, where)
    for key, known in (("vendor", terms.seats), ("brand", terms.brands), ("kind", terms.kinds)):
        if key in row and row[key] not in known:
            raise KnowledgeError(f"{where}: unknown {key} {row[key]}")
    site = row.get("site", {})
    refuse_unknown(need({"site": site}, "site", dict, where), set(ATTRIBUTES), f"{where}: site")
    sure = need(row, "sure", float, where) if "sure" in row else 1.0
    subject = Subject(vendor=row.get("vendor"), brand=row.get("brand"), kind=row.get("kind"), sure=sure, kind_sure=1.0)
    verdict = cast(Answer, _one_of(row, "verdict", ANSWERS, where))
    return Example(subject=subject, site=Site(**site), verdict=verdict)


def _day(table: dict[str, Any], key: str, where: str) -> str:
    """A date, or a text such as 2026-06 where no day is known, 2026 where no month is."""
    text = str(need(table, key, (date, str), where))
    if not _DAY.fullmatch(text):
        raise KnowledgeError(f"{where}: {key} is {text}, not YYYY-MM-DD, YYYY-MM or YYYY")
    return text


def _one_of(table: dict[str, Any], key: str, allowed: tuple[str, ...], where: str) -> Any:
    value = need(table, key, str, where)
    if value not in allowed:
        raise KnowledgeError(f"{where}: {key} is {value}, none of {', '.join(allowed)}")
    return value


def _several(table: dict[str, Any], key: str, allowed: tuple[str, ...], where: str) -> tuple[str, ...]:
    found = texts(table, key, where)
    for text in found:
        if text not in allowed:
            raise KnowledgeError(f"{where}: {key}: {text} is none of {', '.join(allowed)}")
    return found


def _known(row: dict[str, Any], key: str, known: Container[str], where: str) -> frozenset[str]:
    found = texts(row, key, where)
    for text in found:
        if text not in known:
            raise KnowledgeError(f"{where}: {key}: {text} is not in the vocabulary")
    return frozenset(found)
