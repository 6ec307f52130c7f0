"""Reads `exposures.toml`: the words of each rule, and the examples that test it.

A rule without words, or words without a rule, would be a finding lost in silence, so either is a mistake. An id that
names ports or protocols needs no rule in the program. Raises `KnowledgeError` naming file, id and key.
"""

from pathlib import Path
from typing import Any

from camscan.assess.exposure.exposures import Exposure
from camscan.assess.exposure.rules import RULES
from camscan.assess.exposure.services import Offer
from camscan.assess.reading import one_of, texts
from camscan.datafile import load_toml, need, refuse_unknown, tables, text_of
from camscan.errors import KnowledgeError
from camscan.model import SEVERITIES

FILE = "exposures.toml"
_KEYS = {"date", "source", "exposure"}
_TEXTS = ("id", "title", "why", "remedy")
_EXPOSURE_KEYS = {*_TEXTS, "severity", "source", "date", "protocols", "ports", "example"}
STATES = ("found", "cannot-say", "none")


def load_exposures(directory: Path) -> tuple[Exposure, ...]:
    """The exposures of a data directory, in their order; none where it has no such file."""
    path = directory / FILE
    if not path.exists():
        return ()
    document, where = load_toml(path), str(path)
    refuse_unknown(document, _KEYS, where)
    rows = tables(document.get("exposure", []), f"{where}: exposure")
    found = tuple(_exposure(row, document, where, number) for number, row in enumerate(rows, 1))
    _check_ids([one.id for one in found], where)
    return found


def _exposure(row: dict[str, Any], document: dict[str, Any], where: str, number: int) -> Exposure:
    where = f"{where}: exposure {row.get('id', number)}"
    refuse_unknown(row, _EXPOSURE_KEYS, where)
    words = {name: text_of(row, name, where) for name in _TEXTS}
    examples = tuple(tables(row.get("example", []), f"{where}: example"))
    if not examples:
        raise KnowledgeError(f"{where}: no example")
    return Exposure(
        **words,
        severity=one_of("severity", row, SEVERITIES, where),
        source=text_of(row, "source", where),
        date=str(row.get("date") or need(document, "date", object, where)),
        offer=_offer(row, where),
        examples=examples,
    )


def _offer(row: dict[str, Any], where: str) -> Offer | None:
    protocols, ports = texts("protocols", row, where), row.get("ports", [])
    if not isinstance(ports, list) or not all(type(port) is int and 0 < port < 65536 for port in ports):
        raise KnowledgeError(f"{where}: ports is no list of port numbers")
    return Offer(protocols=frozenset(protocols), ports=frozenset(ports)) if protocols or ports else None


def _check_ids(ids: list[str], where: str) -> None:
    for identity in ids:
        if ids.count(identity) > 1:
            raise KnowledgeError(f"{where}: exposure {identity} is there twice")
    missing = [identity for identity in RULES if identity not in ids]
    if missing:
        raise KnowledgeError(f"{where}: no exposure {missing[0]}, which a rule of the program finds")
