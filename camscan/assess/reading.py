"""How the files of the assessment are read: small checks that name file and reason."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from camscan.assess.firmware import Firmware, read_firmware
from camscan.assess.pattern import problem
from camscan.datafile import need
from camscan.errors import KnowledgeError


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The ids of the vocabulary that data may name."""

    makers: Container[str]
    brands: Container[str]
    kinds: Container[str]
    capabilities: Container[str]
    fields: Container[str]


def checked_models(row: dict[str, Any], where: str) -> tuple[str, ...]:
    """The patterns under `models`; what is none is a mistake."""
    models = texts("models", row, where)
    for pattern in models:
        if (reason := problem(pattern)) is not None:
            raise KnowledgeError(f"{where}: model {pattern}: {reason}")
    return models


def checked_firmware(text: str, name: str, where: str) -> Firmware:
    """A bound as an advisory writes it; what cannot be compared with anything is a mistake."""
    found = read_firmware(text)
    if found.version is None and (found.built is None or not text.startswith("build ")):
        raise KnowledgeError(f"{where}: {name}: {text}: neither a version nor a build")
    return found


def words_in(name: str, table: dict[str, Any], known: Container[str], where: str) -> tuple[str, ...]:
    """A list of ids, which must be in the vocabulary; `name` is the plural of what they are."""
    found = texts(name, table, where)
    for text in found:
        if text not in known:
            raise KnowledgeError(f"{where}: unknown {name.removesuffix('s')} {text}")
    return found


def texts(name: str, table: dict[str, Any], where: str) -> tuple[str, ...]:
    """A list of texts, none of them empty; none where the key is missing."""
    value = table.get(name, [])
    if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
        raise KnowledgeError(f"{where}: {name} is no list of texts")
    return tuple(value)


def maybe(name: str, table: dict[str, Any], kind: type, where: str) -> Any:
    """What may be missing, of the given type."""
    return need(table, name, kind, where) if name in table else None


def one_of(name: str, table: dict[str, Any], allowed: tuple[str, ...], where: str) -> Any:
    """A word that must be one of those allowed."""
    value = need(table, name, str, where)
    if value not in allowed:
        raise KnowledgeError(f"{where}: {name} is {value}, none of {', '.join(allowed)}")
    return value
