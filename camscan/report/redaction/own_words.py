"""The words that are no owner's: those of the program, of its pages in every language, and of its data files."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from camscan.report.redaction.shapes import tokens

DATA = ("exposures.toml", "lifecycle.toml", "vendors.toml", "policies")
"""Data files from which sentences of reports are made."""

CYCLONEDX = frozenset({"bomformat", "dependencies", "metadata", "ratings", "recommendation", "specversion"})
"""Keys that the library of CycloneDX writes; the others are words of ours anyhow."""

_COLOUR = re.compile(r"#([0-9a-f]{6})\b")
"""As the styles of pages spell it, which the end of some MAC is by chance."""


@cache
def program_words() -> frozenset[str]:
    """Those of the code (`tools/own_words.py` writes them down), of templates with their colours, and of catalogues,
    small."""
    listed = (files("camscan.report.redaction") / "own_words.txt").read_text(encoding="utf-8").split()
    pages = files("camscan.report.html")
    texts = [text for folder in ("templates", "languages") for text in _texts(pages / folder)]
    return (
        frozenset(listed) | CYCLONEDX | letters(texts) | {colour for text in texts for colour in _COLOUR.findall(text)}
    )


def data_words(directory: Path) -> frozenset[str]:
    """Those of the data files of a directory. A number in them is none: an example may be somebody's."""
    found = (directory / name for name in DATA)
    paths = (path for one in found for path in ([one] if one.is_file() else sorted(one.glob("*.toml"))))
    return letters(path.read_text(encoding="utf-8") for path in paths)


def _texts(place: Traversable) -> Iterator[str]:
    if place.is_file():
        yield place.read_text(encoding="utf-8")
    else:
        for one in place.iterdir():
            yield from _texts(one)


def letters(texts: Iterable[str]) -> frozenset[str]:
    """The words of some texts that are no owner's, small; a number in them is none."""
    return frozenset(word for text in texts for word in tokens(text) if word.isalpha())
