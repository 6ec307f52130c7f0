"""One fingerprint rule: field + pattern → claims, and what it says of the fields of a reply.

A rule matches when every pattern of `when` finds some value of its field and no pattern of `unless` does; a field may
have several patterns. `claims` are templates: `{name}` is a named group of a `when` pattern. A brand or maker filled in
so is a word of the device's, which only the vocabulary makes a value; `{name:maker}` asks that this maker is known to
build for the brand named.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from camscan.identify.patterns import compiled
from camscan.reply import Fields

GROUP = re.compile(r"\{(\w+)(?::([a-z0-9-]+))?\}")

Patterns = Mapping[str, tuple[str, ...]]
"""By field the regular expressions that its values are searched for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One datum of knowledge with its own proof. `file` is where it stands, `date` when its source was looked at."""

    id: str
    protocol: str
    when: Patterns
    unless: Patterns
    claims: Mapping[str, str]
    confidence: float
    source: str
    date: str
    file: str
    example: tuple[Mapping[str, Any], ...] = field(default=())
    counterexample: tuple[Mapping[str, Any], ...] = field(default=())

    def match(self, fields: Fields) -> "Match | None":
        """What the rule says of these fields, or None."""
        hits = []
        for name, patterns in self.when.items():
            for pattern in patterns:
                hit = _search(pattern, fields.get(name, ()))
                if hit is None:
                    return None
                hits.append(hit)
        if self.unless and any(_search(pattern, fields.get(name, ())) for name, pattern in each(self.unless)):
            return None
        groups = {k: v for hit in hits for k, v in hit.groupdict().items() if v}
        claims = {k: _fill(template, groups) for k, template in self.claims.items()}
        return Match(
            rule=self,
            field=next(iter(self.when)),
            text=hits[0].string,
            claims={k: v for k, v in claims.items() if v},
        )

    def is_word(self, attribute: str) -> bool:
        """Whether a claim is filled in with what the device says, rather than stated by the rule."""
        return bool(words(self.claims[attribute]))

    def asked_maker(self, attribute: str) -> str | None:
        """The maker that the brand named must be known to have, for `{name:maker}`."""
        found = words(self.claims[attribute])
        return found[0][1] if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A rule that fitted: the field it looked at first, the text it saw there, and the claims filled in."""

    rule: Rule
    field: str
    text: str
    claims: Mapping[str, str]


def each(patterns: Patterns) -> Iterator[tuple[str, str]]:
    """Every pattern with its field."""
    return ((name, pattern) for name, several in patterns.items() for pattern in several)


@cache
def words(template: str) -> tuple[tuple[str, str | None], ...]:
    """The groups that a template of a claim is filled in with, each with the maker it asks for."""
    return tuple((found[1], found[2]) for found in GROUP.finditer(template))


def _search(pattern: str, values: tuple[str, ...]) -> re.Match[str] | None:
    for value in values:
        hit = compiled(pattern).search(value)
        if hit:
            return hit
    return None


def _fill(template: str, groups: Mapping[str, str]) -> str:
    """The template with its groups; empty where a group it needs did not take part in the match."""
    needed = words(template)
    if not needed:
        return template
    if any(name not in groups for name, _ in needed):
        return ""
    return GROUP.sub(lambda m: groups[m[1]], template).strip()
