"""Reads a policy of one's own. What is misspelt is refused with file and reason: a rule lost in silence would pass."""

from collections.abc import Container
from datetime import date
from pathlib import Path
from typing import Any, cast

from camscan.assess.firmware import read_firmware
from camscan.assess.own_policy.policy import Approval, Ban, Floor, OwnPolicy, Unknown
from camscan.datafile import load_toml, need, refuse_unknown, tables, text_of, texts
from camscan.errors import KnowledgeError
from camscan.model import SEVERITIES

_KEYS = {"name", "date", "unknown", "about", "maker", "model", "firmware", "capability", "exposure", "approved"}
_IDENTIFIERS = ("serial", "mac", "address")


def load_own_policy(
    path: Path, *, makers: Container[str], kinds: Container[str], capabilities: Container[str]
) -> OwnPolicy:
    """The policy of a file, its ids held against the vocabulary. Raises `KnowledgeError` naming file and reason."""
    table, where = load_toml(path), str(path)
    refuse_unknown(table, _KEYS, where)
    about = _part(table, "about", {"kinds", "makers"}, where)
    maker = _part(table, "maker", {"allowed", "denied"}, where)
    model = _part(table, "model", {"allowed"}, where)
    capability = _part(table, "capability", {"denied"}, where)
    policy = OwnPolicy(
        name=need(table, "name", str, where),
        date=need(table, "date", date, where),
        unknown=_unknown(table, where),
        kinds=_chosen(about, "kinds", kinds, f"{where}: about"),
        makers=_chosen(about, "makers", makers, f"{where}: about"),
        makers_allowed=_ids(maker, "allowed", makers, f"{where}: maker") if "allowed" in maker else None,
        makers_denied=_ids(maker, "denied", makers, f"{where}: maker"),
        models_allowed=texts(model, "allowed", f"{where}: model") if "allowed" in model else None,
        floors=tuple(_floor(row, where) for row in tables(table.get("firmware", []), f"{where}: firmware")),
        capabilities_denied=_ids(capability, "denied", capabilities, f"{where}: capability"),
        bans=tuple(_ban(row, where) for row in tables(table.get("exposure", []), f"{where}: exposure")),
        approved=tuple(_approval(row, where) for row in tables(table.get("approved", []), f"{where}: approved")),
    )
    if not set(table) & (_KEYS - {"name", "date", "unknown", "about"}):
        raise KnowledgeError(f"{where}: no rule in it, so every device would pass")
    return policy


def _part(table: dict[str, Any], key: str, known: set[str], where: str) -> dict[str, Any]:
    part = need(table, key, dict, where) if key in table else {}
    refuse_unknown(part, known, f"{where}: {key}")
    if key in table and not part:
        raise KnowledgeError(f"{where}: {key}: nothing in it")
    return cast(dict[str, Any], part)


def _unknown(table: dict[str, Any], where: str) -> Unknown:
    value = need({"unknown": "fail", **table}, "unknown", str, where)
    if value not in ("fail", "pass"):
        raise KnowledgeError(f"{where}: unknown is {value}, neither fail nor pass")
    return cast(Unknown, value)


def _chosen(part: dict[str, Any], key: str, known: Container[str], where: str) -> frozenset[str] | None:
    return frozenset(_ids(part, key, known, where)) if key in part else None


def _ids(part: dict[str, Any], key: str, known: Container[str], where: str) -> tuple[str, ...]:
    found = texts(part, key, where)
    for text in found:
        if text not in known:
            raise KnowledgeError(f"{where}: {key}: {text} is not in the vocabulary")
    return found


def _floor(row: dict[str, Any], file: str) -> Floor:
    where = f"{file}: firmware"
    refuse_unknown(row, {"model", "least"}, where)
    floor = Floor(model=text_of(row, "model", where), least=text_of(row, "least", where))
    bound = read_firmware(floor.least)
    if bound.version is None and bound.built is None:
        raise KnowledgeError(f"{where}: least is {floor.least}, no version such as V5.7.3 or V5.7.3 build 220112")
    return floor


def _ban(row: dict[str, Any], file: str) -> Ban:
    where = f"{file}: exposure"
    refuse_unknown(row, {"finding", "least"}, where)
    ban = Ban(finding=text_of(row, "finding", where), least=text_of(row, "least", where))
    if ban.least not in SEVERITIES:
        raise KnowledgeError(f"{where}: least is {ban.least}, none of {', '.join(SEVERITIES)}")
    return ban


def _approval(row: dict[str, Any], file: str) -> Approval:
    where = f"{file}: approved"
    refuse_unknown(row, {*_IDENTIFIERS, "until", "note"}, where)
    given = {key: text_of(row, key, where) for key in _IDENTIFIERS if key in row}
    if not given:
        raise KnowledgeError(f"{where}: neither serial nor mac nor address")
    return Approval(
        serial=given.get("serial"),
        mac=given.get("mac"),
        address=given.get("address"),
        until=need(row, "until", date, where),
        note=text_of(row, "note", where) if "note" in row else "",
    )
