"""A page of ours as it goes onto paper: the same page, without its script, and no longer than can be printed.

The rule: a table is cut between two rows, the pages of devices are there for all or for none, and a line stands where
something is left out. What devices say is escaped in a page, so a tag that is read here is always one of ours.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from markupsafe import Markup

from camscan.report.html.language import ENGLISH, Language, language
from camscan.report.html.words import PAPER

ROWS = 2_000  # of a table
ARTICLES = 100  # devices that are told one by one
_SCRIPT = re.compile(r"<script>.*?</script>", re.S)
_TABLE = re.compile(r"<table\b.*?</table>", re.S)
_ROW = re.compile(r"<tr\b")
_ARTICLES = re.compile(r"<article\b.*</article>", re.S)
_ARTICLE = re.compile(r"<article\b")
_LINK = re.compile(r"<a href=\"?#d\d+\"?>([^<]*)</a>")


class Paper(NamedTuple):
    """The page as HTML, and a line in English for each thing that is left out."""

    html: str
    left_out: tuple[str, ...]


def for_paper(page: Iterable[str], in_language: str = ENGLISH, rows: int = ROWS, articles: int = ARTICLES) -> Paper:
    """The page with at most `rows` in a table, and with the pages of devices where these are at most `articles`."""
    shorter = _Shorter(rows, articles, language(in_language), [])
    text = _TABLE.sub(shorter.table, _SCRIPT.sub("", "".join(page)))
    if len(_ARTICLE.findall(text)) > articles:
        text = _LINK.sub(r"\1", _ARTICLES.sub(shorter.without_articles, text))
    return Paper(text, tuple(shorter.left_out))


class _Shorter(NamedTuple):
    rows: int
    articles: int
    spoken: Language
    left_out: list[str]

    def table(self, found: re.Match[str]) -> str:
        """A table with as many rows as fit."""
        text = found[0]
        begins = [row.start() for row in _ROW.finditer(text, max(text.find("<tbody"), 0))]
        if len(begins) <= self.rows:
            return text
        return f"{text[: begins[self.rows]]}</tbody></table>{self._said('rows', self.rows, len(begins))}"

    def without_articles(self, found: re.Match[str]) -> str:
        """One line instead of them."""
        return self._said("articles", self.articles, len(_ARTICLE.findall(found[0])))

    def _said(self, what: str, number: int, of: int) -> str:
        self.left_out.append(Language().say(PAPER[what], n=number, all=of))
        return Markup('<p class="cut">{}</p>').format(self.spoken.say(PAPER[what], n=number, all=of))
