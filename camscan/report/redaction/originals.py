"""What identifies a device or its owner in the records of a report, by what it is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_network

from camscan.report.private import KIND_OF_FIELD, NAME_FIELDS
from camscan.report.redaction.rule import NAMES, NUMBERS, Rule
from camscan.report.redaction.shapes import TOKEN, hex_of, spots, tokens, units

LEAST = 4  # letters of a word that may be somebody's name


@dataclass(slots=True, kw_only=True)
class Originals:
    """The texts of each kind in the order in which they were met; `values` are what devices say of their kind,
    `sentences` what may say anything, `own` the words of the program and its data, small."""

    own: frozenset[str]
    found: dict[Rule, dict[str, None]] = field(default_factory=dict)
    values: dict[str, None] = field(default_factory=dict)
    sentences: dict[str, None] = field(default_factory=dict)
    _ids: dict[str, None] = field(default_factory=dict)

    def of(self, *rules: Rule) -> Iterator[tuple[Rule, str]]:
        """Those of some kinds."""
        return ((rule, text) for rule in rules for text in self.found.get(rule, ()))

    def note(self, rule: Rule, text: str) -> str:
        """Takes a text in by its rule, and gives it back."""
        if rule in (Rule.TEXT, Rule.VALUE, Rule.IDS):
            self._look_into(rule, text)
        elif rule in (Rule.ADDRESSES, Rule.TAGS):
            for part in text.split(" "):
                self._add(Rule.ADDRESS if rule is Rule.ADDRESSES else Rule.TAG, part)
        elif rule is Rule.NETWORK:
            self._add(Rule.NETWORK if _is_network(text) else Rule.NAME, text)
        elif rule is not Rule.KEEP:
            self._add(self._proper(rule, text), text)
        return text

    @staticmethod
    def _proper(rule: Rule, text: str) -> Rule:
        """What calls itself a MAC or an address and is none, is some number."""
        if rule is Rule.MAC and hex_of(text) is None:
            return Rule.SERIAL
        if rule is Rule.ADDRESS and not _is_network(text):
            return Rule.SERIAL
        return rule

    def _add(self, rule: Rule, text: str) -> None:
        if text:
            self.found.setdefault(rule, {})[text] = None

    def _look_into(self, rule: Rule, text: str) -> None:
        kind = self.sentences if rule is Rule.TEXT else self.values if rule is Rule.VALUE else self._ids
        if text in kind:
            return
        kind[text] = None
        if rule is Rule.IDS and not self.own.issuperset(tokens(text)):
            self._add(Rule.IDS, text)
        for spot in spots(text, addresses=rule is Rule.TEXT):
            self._add(spot.rule, spot.text)
        for serial in units(text):
            self._add(Rule.SERIAL, serial)

    def note_said(self, name: str, text: str, value: str) -> None:
        """The words of a reply's field in which devices tell their names, without what is told of their kind."""
        if name not in NAME_FIELDS and KIND_OF_FIELD.get(name) != "name":
            return
        known = set(tokens(value))
        for word in TOKEN.findall(text):
            small = word.casefold()
            if len(word) >= LEAST and small not in known and small not in self.own and not word.isdigit():
                self._add(Rule.NAME, word)

    def settle(self) -> None:
        """To be called when all is noted: a word of a reply that some device tells of its kind is nobody's name."""
        said = {word for value in self.values for word in tokens(value)}
        names = self.found.get(Rule.NAME, {})
        self.found[Rule.NAME] = {text: None for text in names if text.casefold() not in said}

    @property
    def everything(self) -> Iterable[tuple[Rule, str]]:
        """All of them."""
        return self.of(*NUMBERS, Rule.NETWORK, *NAMES, Rule.IDS, Rule.HIDE)


def _is_network(text: str) -> bool:
    try:
        ip_network(text.partition("%")[0], strict=False)
    except ValueError:
        return False
    return True
