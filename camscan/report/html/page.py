"""A template and its data → a page, piece by piece.

The rule: whatever a template shows is text. It is made printable here, like everywhere, and escaped by Jinja; no
template turns that off. A page loads nothing, and runs nothing but a script that stands in it, whose hash it tells the
browser by its content security policy.
"""

import base64
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

import camscan
from camscan.report.document import moment
from camscan.report.html.language import ENGLISH, language
from camscan.report.printable import printable

PIECE = 200  # values that are put together before they are written; one by one takes twice the time
PROSE_LIMIT = 4000  # characters of one sentence of our own, as on a terminal

_UNKNOWN = Markup('<span class="none" aria-hidden="true">\u2013</span>')
_DAY = len("2026-11-29")
_MINUTE = len("2026-11-29T08:00")


def page(template: str, in_language: str = ENGLISH, **data: Any) -> Iterator[str]:
    """The page of a template of `templates/` in a language, with these values in it."""
    stream = _environment(in_language).get_template(template).stream(tool_version=camscan.__version__, **data)
    stream.enable_buffering(PIECE)
    return stream


@cache
def _environment(in_language: str = ENGLISH) -> Environment:
    environment = Environment(
        loader=PackageLoader("camscan.report.html"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    spoken = language(in_language)
    environment.filters |= {
        "value": _value,
        "day": _day,
        "minute": _minute,
        "count": spoken.count,
        "prose": _prose,
    }
    environment.globals |= {"_": spoken.say, "n_": spoken.several, "language": spoken.id, "script": script}
    return environment


@cache
def script(name: str) -> tuple[Markup, str]:
    """A script of `templates/` and the source expression by which a policy allows it (CSP level 2, a hash)."""
    text = (files("camscan.report.html") / "templates" / name).read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Markup(text), f"'sha256-{digest}'"  # noqa: S704  # our own file


def _shown(value: object) -> object:
    """A value as it is shown: text on one line without anything invisible, nothing where nothing is known."""
    if value is None:
        return ""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _value(text: str | Markup | None) -> Markup:
    """A value in its own direction of writing; what is not known is a dash, which is not read out. A filter and no
    macro: of a large network there are a million."""
    if not text:
        return _UNKNOWN
    return Markup(f"<bdi>{text if isinstance(text, Markup) else escape(printable(text))}</bdi>")  # noqa: S704


def _day(seconds: float | None) -> str:
    return (moment(seconds) or "")[:_DAY]


def _minute(seconds: float | None) -> str:
    return (moment(seconds) or "")[:_MINUTE].replace("T", " ")


def _prose(text: str) -> Markup:
    """A sentence of our own, which may be longer than what a device may say."""
    return escape(printable(text, PROSE_LIMIT))
