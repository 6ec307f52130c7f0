"""A template and its data → a page, piece by piece.

The rule: whatever a template shows is text. It is made printable here, like everywhere, and escaped by Jinja; no
template turns that off. A page loads nothing and runs nothing, and says so to the browser by its content security
policy.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

import camscan
from camscan.report.document import moment
from camscan.report.printable import printable

PIECE = 200  # values that are put together before they are written; one by one takes twice the time
PROSE_LIMIT = 4000  # characters of one sentence of our own, as on a terminal

_UNKNOWN = Markup('<span class="none" aria-hidden="true">\u2013</span>')
_DAY = len("2026-11-29")


def page(template: str, **data: Any) -> Iterator[str]:
    """The page of a template of `templates/`, with these values in it."""
    stream = _environment().get_template(template).stream(tool_version=camscan.__version__, **data)
    stream.enable_buffering(PIECE)
    return stream


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("camscan.report.html"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"value": _value, "day": _day, "count": _count, "prose": _prose}
    return environment


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


def _count(number: int) -> str:
    return f"{number:,}"


def _prose(text: str) -> Markup:
    """A sentence of our own, which may be longer than what a device may say."""
    return escape(printable(text, PROSE_LIMIT))
