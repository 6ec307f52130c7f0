"""Everything the program knows, loaded once: rules by protocol and field, derived rules, prefixes, vocabulary."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from camscan.errors import KnowledgeError
from camscan.identify.knowledge import default_directory
from camscan.identify.oui import OuiTable, load_oui
from camscan.identify.rules import Match, Rule, load_rules
from camscan.identify.vocabulary import Vocabulary, load_vocabulary
from camscan.model import Fields

DERIVED = ("model", "firmware", "serial")
"""Rule sets that read claims instead of fields: what a model number, a firmware or a serial says by itself."""

_NOT_RULES = {"vendors.toml", "oui.toml"}


class RuleSet:
    """Rules of one protocol, indexed by the field they look at first: a reply is held only against what it may fit."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_field: dict[str, list[Rule]] = defaultdict(list)
        for rule in rules:
            self._by_field[next(iter(rule.when))].append(rule)

    def matches(self, fields: Fields) -> Iterator[Match]:
        """Every rule that fits these fields."""
        for name in fields:
            for rule in self._by_field.get(name, ()):
                match = rule.match(fields)
                if match:
                    yield match

    def __iter__(self) -> Iterator[Rule]:
        return (rule for rules in self._by_field.values() for rule in rules)


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """The loaded data. `date` is that of the newest datum; `rules` are by protocol, derived sets among them."""

    directory: Path
    date: str
    rules: Mapping[str, RuleSet]
    oui: OuiTable
    vocabulary: Vocabulary

    def rule_set(self, name: str) -> RuleSet:
        """The rules of a protocol or derived set; empty where there are none."""
        return self.rules.get(name) or RuleSet(())


def load_knowledge(directory: Path | None = None) -> Knowledge:
    """All data files of a directory (the program's own by default). Raises `KnowledgeError` for the first bad datum."""
    directory = directory or default_directory()
    if not directory.is_dir():
        raise KnowledgeError(f"{directory}: not a directory")
    rules = [rule for path in rule_files(directory) for rule in load_rules(path)]
    grouped: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        grouped[rule.protocol].append(rule)
    return Knowledge(
        directory=directory,
        date=max((rule.date for rule in rules), default="unknown"),
        rules={name: RuleSet(group) for name, group in grouped.items()},
        oui=load_oui(directory / "oui.toml"),
        vocabulary=load_vocabulary(directory / "vendors.toml"),
    )


def rule_files(directory: Path) -> list[Path]:
    """The files of rules below a data directory, in a stable order."""
    found = (Path(root) / name for root, _, names in os.walk(directory) for name in names)
    return sorted(p for p in found if p.suffix == ".toml" and p.name not in _NOT_RULES)
