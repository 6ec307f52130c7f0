"""Rules test themselves: every file of a directory is loaded, and every rule held against its examples and the others.

The loader refuses what is wrong within one rule: an example that does not come out, a counterexample that does, a
pattern, an id or a field that is none. Here every file is looked at, also after one is found broken, and then what no
rule shows by itself: an id in two files, and a surer rule that says something else of another's example.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from camscan.errors import KnowledgeError
from camscan.identify.knowledge_base import Knowledge, load_knowledge, rule_files
from camscan.identify.match import value_of
from camscan.identify.oui import load_oui
from camscan.identify.rule import Rule
from camscan.identify.rules import load_rules
from camscan.identify.soundness import as_fields
from camscan.identify.vocabulary import load_vocabulary

MANY_VALUED = ("capability", "inconsistency")
"""Attributes of which a device may have several: there two rules do not contradict each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How many files, rules and examples (counterexamples too) there are, and what is wrong: `file: rule: reason`."""

    files: int
    rules: int
    examples: int
    defects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A rule and the file it stands in."""

    path: Path
    rule: Rule

    def __str__(self) -> str:
        return f"{self.path}: rule {self.rule.id}"


def check_directory(directory: Path) -> Verdict:
    """The verdict on a directory of data files. Raises `KnowledgeError` where it is none."""
    if not directory.is_dir():
        raise KnowledgeError(f"{directory}: not a directory")
    placed: list[_Placed] = []
    defects = [*_refused(directory), *_broken(directory, placed)]
    defects += _twice(placed)
    if not defects:
        defects = list(_together(directory, placed))
    distinct = {(one.path, one.rule.id): one.rule for one in placed}.values()
    return Verdict(
        files=len(rule_files(directory)),
        rules=len(distinct),
        examples=sum(len(rule.example) + len(rule.counterexample) for rule in distinct),
        defects=tuple(defects),
    )


def _refused(directory: Path) -> Iterator[str]:
    """What is wrong with the files that hold no rules."""
    for load, name in ((load_vocabulary, "vendors.toml"), (load_oui, "oui.toml")):
        try:
            load(directory / name)
        except KnowledgeError as error:
            yield str(error)


def _broken(directory: Path, placed: list[_Placed]) -> Iterator[str]:
    """What the loader says of each file; the rules of the others, and those before the broken one, are kept."""
    for path in rule_files(directory):
        count = len(placed)
        try:
            placed.extend(_Placed(path, rule) for rule in load_rules(path, directory))
        except KnowledgeError as error:
            yield str(error)
            continue
        if len(placed) == count:
            yield f"{path}: no rule in it"


def _twice(placed: Iterable[_Placed]) -> Iterator[str]:
    first: dict[str, Path] = {}
    for one in placed:
        if first.setdefault(one.rule.id, one.path) != one.path:
            yield f"{one}: the id stands in {first[one.rule.id]} too"


def _together(directory: Path, placed: list[_Placed]) -> Iterator[str]:
    try:
        knowledge = load_knowledge(directory)
    except KnowledgeError as error:
        yield str(error)
        return
    yield from dict.fromkeys(defect for one in placed for defect in _empty(one, knowledge))
    yield from dict.fromkeys(_drowned(placed, knowledge))


def _empty(one: _Placed, knowledge: Knowledge) -> Iterator[str]:
    """A word that the vocabulary does not know would be an example of nothing."""
    for example in one.rule.example:
        missing = example["claims"].keys() - said(one.rule, example["fields"], knowledge).keys()
        for attribute in sorted(missing):
            yield f"{one}: its example claims {attribute} {example['claims'][attribute]}, which is no known value"


def _drowned(placed: list[_Placed], knowledge: Knowledge) -> Iterator[str]:
    """Rules of one protocol answer together: what one proves by example, none may say louder and differently."""
    for one in placed:
        rivals = [r for r in placed if r.rule.protocol == one.rule.protocol and r.rule.confidence > one.rule.confidence]
        for example in one.rule.example:
            own = said(one.rule, example["fields"], knowledge)
            for rival in rivals:
                yield from _contradictions(one, own, rival, said(rival.rule, example["fields"], knowledge))


def _contradictions(one: _Placed, own: Mapping[str, str], rival: _Placed, theirs: Mapping[str, str]) -> Iterator[str]:
    for attribute, value in own.items():
        if attribute not in MANY_VALUED and theirs.get(attribute, value) != value:
            louder = f"{rival.rule.id} is surer and says {theirs[attribute]}"
            yield f"{one}: of its example, which says {attribute} {value}, {louder}"


def said(rule: Rule, fields: Mapping[str, Any], knowledge: Knowledge) -> dict[str, str]:
    """What the rule claims of these fields, after the vocabulary."""
    match = rule.match(as_fields(fields))
    values = {name: value_of(match, name, knowledge) for name in match.claims} if match else {}
    return {name: value for name, value in values.items() if value is not None}
