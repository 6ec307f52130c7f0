"""Reads `exposures.toml`: the words of each rule, and the examples that test it.

A rule without words, or words without a rule, would be a finding lost in silence, so either is a mistake. An id that
names ports or protocols is a rule by itself. Raises `KnowledgeError` naming file, id and key.
"""

import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from camscan.assess.exposure.exposures import Exposure
from camscan.assess.exposure.rules import RULES
from camscan.assess.exposure.services import Offer
from camscan.assess.lifecycle import FINDINGS as LIFECYCLE_FINDINGS
from camscan.assess.reading import Words, one_of, texts, words_in
from camscan.datafile import load_toml, need, refuse_unknown, tables, text_of
from camscan.errors import KnowledgeError
from camscan.model import SEVERITIES
from camscan.protocols.registry import load_protocols

FILE = "exposures.toml"
_KEYS = {"date", "exposure"}
_TEXTS = ("id", "title", "why", "seen", "remedy", "source")
_EXPOSURE_KEYS = {*_TEXTS, "severity", "date", "protocols", "ports", "makers", "example"}
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def load_exposures(directory: Path, words: Words) -> tuple[Exposure, ...]:
    """The exposures of a data directory, in their order; none where it has no such file."""
    path = directory / FILE
    if not path.exists():
        return ()
    document, where = load_toml(path), str(path)
    refuse_unknown(document, _KEYS, where)
    usual = _day(document, where)
    rows = tables(document.get("exposure", []), f"{where}: exposure")
    found = tuple(_exposure(row, usual, words, where, number) for number, row in enumerate(rows, 1))
    _check_ids([one.id for one in found], where)
    return found


def _exposure(row: dict[str, Any], usual: date, words: Words, where: str, number: int) -> Exposure:
    where = f"{where}: exposure {number if not isinstance(row.get('id'), str) else row['id']}"
    refuse_unknown(row, _EXPOSURE_KEYS, where)
    stated = {name: text_of(row, name, where) for name in _TEXTS}
    examples = tuple(tables(row.get("example", []), f"{where}: example"))
    offer = _offer(row, words, where)
    if not examples:
        raise KnowledgeError(f"{where}: no example")
    if bool(offer) == (stated["id"] in RULES):
        lack = "ports and protocols beside a rule of the program" if offer else "neither a rule, nor ports or protocols"
        raise KnowledgeError(f"{where}: id: {lack}")
    return Exposure(
        **stated,
        severity=one_of("severity", row, SEVERITIES, where),
        date=str(_day(row, where) if "date" in row else usual),
        offer=offer,
        examples=examples,
    )


def _day(table: dict[str, Any], where: str) -> date:
    day: date = need(table, "date", date, where)
    if type(day) is not date:  # a time is a date too
        raise KnowledgeError(f"{where}: date is {type(day).__name__}")
    return day


def _offer(row: dict[str, Any], words: Words, where: str) -> Offer | None:
    protocols, ports = texts("protocols", row, where), row.get("ports", [])
    unknown = sorted(set(protocols) - set(load_protocols()))
    if unknown:
        raise KnowledgeError(f"{where}: unknown protocol {unknown[0]}")
    if not isinstance(ports, list) or not all(type(port) is int and 0 < port < 65536 for port in ports):
        raise KnowledgeError(f"{where}: ports is no list of port numbers")
    makers = words_in("makers", row, words.makers, where)
    if not (protocols or ports):
        return None
    return Offer(protocols=frozenset(protocols), ports=frozenset(ports), makers=frozenset(makers))


def _check_ids(ids: list[str], where: str) -> None:
    for identity, times in Counter(ids).items():
        if not _ID.fullmatch(identity):
            raise KnowledgeError(f"{where}: exposure {identity!r}: id is not in kebab-case")
        if times > 1 or identity in LIFECYCLE_FINDINGS:
            raise KnowledgeError(f"{where}: exposure {identity}: id is there twice")
    missing = [identity for identity in RULES if identity not in ids]
    if missing:
        raise KnowledgeError(f"{where}: no exposure {missing[0]}, which a rule of the program finds")
