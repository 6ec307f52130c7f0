"""The words of a page in another language: English stands in the templates, `languages/` holds the others.

A catalogue is a TOML file: `thousands` is what stands between groups of digits, and under `text` are the English words
and what they are called. A test holds every catalogue against the templates. What devices, the
data files and the owner say stays as they say it.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from markupsafe import Markup, escape

from camscan.report.printable import printable

ENGLISH = "en"
_FOLDER = files("camscan.report.html") / "languages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language by its id (BCP 47)."""

    id: str = ENGLISH
    thousands: str = ","
    text: Mapping[str, str] = field(default_factory=dict)

    def say(self, text: str, **values: object) -> Markup:
        """The words, with values in the places that `%(name)s` marks. Values are made printable and escaped, unless
        they are markup already."""
        words = escape(self.text.get(text, text))
        return words % {name: self._shown(value) for name, value in values.items()} if values else words

    def several(self, one: str, many: str, number: int, **values: object) -> Markup:
        """The words for this number, which stands at `%(n)s`."""
        return self.say(one if number == 1 else many, n=number, **values)

    def count(self, number: int) -> str:
        """A number with its groups of digits apart."""
        return f"{number:,}".replace(",", self.thousands)

    def _shown(self, value: object) -> Markup:
        if isinstance(value, Markup):
            return value
        return escape(self.count(value) if isinstance(value, int) else printable(str(value)))


def languages() -> tuple[str, ...]:
    """Those that there are, English first."""
    found = (entry.name.removesuffix(".toml") for entry in _FOLDER.iterdir() if entry.name.endswith(".toml"))
    return ENGLISH, *sorted(found)


@cache
def language(identity: str) -> Language:
    """The language of this id."""
    if identity == ENGLISH:
        return Language()
    data = tomllib.loads((_FOLDER / f"{identity}.toml").read_text(encoding="utf-8"))
    return Language(id=identity, thousands=data["thousands"], text=data["text"])
