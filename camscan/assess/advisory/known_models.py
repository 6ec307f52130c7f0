"""Numbers of products, from `known_models.toml`: what patterns of models are held against, and nothing else.

A pattern that no product matches would keep silent for ever: most likely a slip of the pen.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from pathlib import Path

from camscan.assess.pattern import match
from camscan.datafile import load_toml, need, refuse_unknown, text_of, texts
from camscan.errors import KnowledgeError

FILE = "known_models.toml"
_KEYS = {"date", "source", "sold", "filled"}


def load_known_models(directory: Path) -> frozenset[str]:
    """The numbers of a data directory; none where it has no such file. Raises `KnowledgeError` for a bad one."""
    path = directory / FILE
    if not path.exists():
        return frozenset()
    document, where = load_toml(path), str(path)
    refuse_unknown(document, _KEYS, where)
    need(document, "date", date, where)
    text_of(document, "source", where)
    found = frozenset((*texts(document, "sold", where), *texts(document, "filled", where)))
    if not found:
        raise KnowledgeError(f"{where}: sold is missing or empty")
    return found


def matching_nothing(patterns: Iterable[str], own: Collection[str], known: Collection[str]) -> Iterator[str]:
    """The patterns that match neither a model of the file's `own` examples nor a `known` one."""
    for pattern in patterns:
        if not any(match(pattern, number) != "no" for number in (*own, *known)):
            yield pattern
