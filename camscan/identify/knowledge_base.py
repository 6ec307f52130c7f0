"""Everything the program knows, loaded once: rules by protocol and derived set, prefixes, vocabulary."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from camscan.datafile import default_directory
from camscan.errors import KnowledgeError
from camscan.identify.oui import OuiTable, load_oui
from camscan.identify.rule import Rule, words
from camscan.identify.rule_set import RuleSet
from camscan.identify.rules import load_rules
from camscan.identify.vocabulary import Vocabulary, load_vocabulary
from camscan.separation import TOGETHER, Separation

_NOT_RULES = {"vendors.toml", "oui.toml", "lifecycle.toml", "affiliates.toml", "exposures.toml", "known_models.toml"}
_NOT_RULES_BELOW = {"advisories", "policies"}  # what devices are held against once they are identified
_NO_RULES = RuleSet(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """The loaded data. `date` is that of the newest datum; `rules` are by protocol, derived sets among them.
    `separation` is what the owner of the network says of addresses that are not one device."""

    directory: Path
    date: str
    rules: Mapping[str, RuleSet]
    oui: OuiTable
    vocabulary: Vocabulary
    separation: Separation = TOGETHER

    def rule_set(self, name: str) -> RuleSet:
        """The rules of a protocol or derived set; empty where there are none."""
        return self.rules.get(name, _NO_RULES)


def load_knowledge(directory: Path | None = None, *, proved: bool = False) -> Knowledge:
    """All data files of a directory. Raises `KnowledgeError` for the first bad datum.

    The program's own, which are the default, have been `proved` before they were shipped; others are proved now, unless
    they were when they were installed.
    """
    proved = proved or directory is None
    directory = directory or default_directory()
    if not directory.is_dir():
        raise KnowledgeError(f"{directory}: not a directory")
    vocabulary = load_vocabulary(directory / "vendors.toml")
    oui = load_oui(directory / "oui.toml")
    rules = [rule for path in rule_files(directory) for rule in load_rules(path, directory, proved=proved)]
    _refuse_repeated(directory, rules)
    for rule in rules:
        for problem in unknown_ids(rule, vocabulary):
            raise KnowledgeError(f"{directory / rule.file}: rule {rule.id}: {problem}")
    return Knowledge(
        directory=directory,
        date=max((rule.date for rule in rules), default="unknown"),
        rules=_by_protocol(rules),
        oui=oui,
        vocabulary=vocabulary,
    )


def rule_files(directory: Path) -> list[Path]:
    """The files of rules below a data directory, in a stable order.

    Raises `KnowledgeError` for what would hide rules: a directory named like a file, or one that cannot be entered.
    """
    found: list[Path] = []
    for root, names, files in os.walk(directory, onerror=_refuse_directory):
        if Path(root) == directory:
            names[:] = [name for name in names if name not in _NOT_RULES_BELOW]
        for path in (Path(root) / name for name in names):
            if path.suffix == ".toml" or path.is_symlink():
                raise KnowledgeError(f"{path}: a {'link to a ' if path.is_symlink() else ''}directory, not a file")
        found += (Path(root) / name for name in files)
    return sorted(p for p in found if p.suffix == ".toml" and p.name not in _NOT_RULES)


def _refuse_directory(error: OSError) -> None:
    raise KnowledgeError(f"{error.filename}: {(error.strerror or 'cannot be read').lower()}")


def unknown_ids(rule: Rule, vocabulary: Vocabulary) -> Iterator[str]:
    """The values that the rule states, and the makers it asks for, that do not stand in the vocabulary."""
    known = {
        "vendor": vocabulary.makers,
        "brand": vocabulary.brands,
        "kind": vocabulary.kinds,
        "capability": vocabulary.capabilities,
    }
    for attribute, template in rule.claims.items():
        named = words(template)
        if not named and attribute in known and template not in known[attribute]:
            yield f"unknown {attribute} {template}"
        yield from (f"unknown vendor {maker}" for _, maker in named if maker and maker not in vocabulary.makers)


def _refuse_repeated(directory: Path, rules: Iterable[Rule]) -> None:
    files: dict[str, str] = {}
    for rule in rules:
        if files.setdefault(rule.id, rule.file) != rule.file:
            raise KnowledgeError(f"{directory / rule.file}: rule {rule.id}: the id stands in {files[rule.id]} too")


def _by_protocol(rules: Iterable[Rule]) -> dict[str, RuleSet]:
    grouped: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        grouped[rule.protocol].append(rule)
    return {name: RuleSet(group) for name, group in grouped.items()}
