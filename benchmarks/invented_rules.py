"""Invents rule files as a knowledge base ten times as large would hold: the same fields, other makers' values.

The rule: an invented pattern looks for text that begins as real values do and then differs, so that the right rule is
never told by a first letter; fields are drawn as often as the real rules look at them, and a share of the patterns has
no fixed text at all. Every rule carries an example of its own and goes through the real loader.
"""

import json
import random
import re
import shutil
import string
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

from camscan.identify.field_names import DERIVED
from camscan.identify.knowledge_base import Knowledge
from camscan.model import Observation

FILE_SIZE = 100  # rules of one invented file
SECOND_FIELD = 0.15  # share of rules that look at two fields, much as among the real ones
VALUES_KEPT = 200  # real values of a field from which invented ones are made

Place = tuple[str, str]  # protocol and field
Shown = tuple[str, str]  # pattern and a text that it matches


def real_values(knowledge: Knowledge, observations: Iterable[Observation]) -> dict[Place, list[str]]:
    """Values as replies and the rules' own examples show them, by protocol and field."""
    found: dict[Place, dict[str, None]] = defaultdict(dict)
    for protocol, rules in knowledge.rules.items():
        for rule in rules:
            for field, value in rule.example[0]["fields"].items():
                found[protocol, field].update(dict.fromkeys(value if isinstance(value, list) else [value]))
    for observation in observations:
        for field, values in observation.fields.items():
            found[observation.reply.protocol, field].update(dict.fromkeys(values))
    return {place: list(values)[:VALUES_KEPT] for place, values in found.items()}


def write_rules(directory: Path, knowledge: Knowledge, values: dict[Place, list[str]], count: int, seed: int) -> None:
    """A data directory of the real files and `count` invented rules beside them."""
    shutil.copytree(knowledge.directory, directory, dirs_exist_ok=True)
    chance = random.Random(seed)
    looked_at = Counter(
        (protocol, field) for protocol, rules in knowledge.rules.items() for rule in rules for field in rule.when
    )
    places = chance.choices(list(looked_at), weights=list(looked_at.values()), k=count)
    makers = sorted(knowledge.vocabulary.makers)
    by_protocol: dict[str, list[str]] = defaultdict(list)
    for number, place in enumerate(places):
        by_protocol[place[0]].append(_rule(number, place, values, makers, chance))
    for protocol, rules in by_protocol.items():
        for start in range(0, len(rules), FILE_SIZE):
            head = f'protocol = "{protocol}"\ndate = 2026-01-01\nsource = "invented"\n'
            path = directory / "invented" / f"{protocol}-{start}.toml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(head + "".join(rules[start : start + FILE_SIZE]), encoding="utf-8")


def _rule(number: int, place: Place, values: dict[Place, list[str]], makers: list[str], chance: random.Random) -> str:
    protocol, field = place
    fields = [field]
    others = [f for p, f in values if p == protocol and f != field]
    if others and protocol not in DERIVED and chance.random() < SECOND_FIELD:
        fields.append(chance.choice(others))
    shown = {name: chance.choices(FORMS, weights=WEIGHTS)[0](values[protocol, name], chance) for name in fields}
    claims = _table({"vendor": chance.choice(makers)})
    return (
        f'[[rule]]\nid = "invented-{number}"\n'
        f"when = {_table({name: pattern for name, (pattern, _) in shown.items()})}\n"
        f"claims = {claims}\nconfidence = {chance.uniform(0.2, 0.9):.2f}\n"
        f"example = [{{ fields = {_table({name: text for name, (_, text) in shown.items()})}, claims = {claims} }}]\n"
    )


def _table(pairs: dict[str, str]) -> str:
    return "{ " + ", ".join(f"{key} = {json.dumps(value)}" for key, value in pairs.items()) + " }"


def _near(values: list[str], chance: random.Random, longest: int = 14) -> str:
    """Text that begins as one of the values does and then goes its own way."""
    start = "".join(c for c in chance.choice(values)[: chance.randint(1, 6)] if c.isascii() and c.isprintable())
    rest = chance.randint(3, max(3, longest - len(start)))
    return start.strip() + "".join(chance.choices(string.ascii_letters + string.digits, k=rest))


def _prefix(values: list[str], chance: random.Random) -> Shown:
    text = _near(values, chance)
    return f"^{re.escape(text)}[0-9A-Za-z-]*", f"{text}7A"


def _exact(values: list[str], chance: random.Random) -> Shown:
    text = _near(values, chance)
    return f"^{re.escape(text)}$", text


def _caseless(values: list[str], chance: random.Random) -> Shown:
    text = _near(values, chance)
    return f"^(?i:{re.escape(text)})(?:[ _-]|$)", text.swapcase()


def _one_of(values: list[str], chance: random.Random) -> Shown:
    texts = [_near(values, chance) for _ in range(chance.randint(2, 6))]
    return f"^(?:{'|'.join(map(re.escape, texts))})\\b", texts[-1]


def _optional(values: list[str], chance: random.Random) -> Shown:
    text = _near(values, chance)
    return rf"^(?:QX-)?{re.escape(text)}\d{{2,4}}(?:-[A-Z]+)?$", f"QX-{text}512"


def _word(values: list[str], chance: random.Random) -> Shown:
    text = "".join(chance.choices(string.ascii_letters, k=chance.randint(4, 12)))
    return rf"\b{text}\b", f"the {text} 2"


def _caseless_word(values: list[str], chance: random.Random) -> Shown:
    text = "".join(chance.choices(string.ascii_lowercase, k=chance.randint(5, 12)))
    return f"(?i:{text})", f"x{text.upper()}x"


def _shape(values: list[str], chance: random.Random) -> Shown:
    """No fixed text: letters and digits in a certain order, of which an index makes nothing."""
    lengths = [chance.randint(1, 6) for _ in range(4)]
    pattern = rf"^[A-Z]{{{lengths[0]}}}\d{{{lengths[1]}}}[A-Z]{{{lengths[2]}}}\d{{{lengths[3]}}}$"
    return pattern, "".join(c * n for c, n in zip("A1A1", lengths, strict=True))


FORMS: tuple[Callable[[list[str], random.Random], Shown], ...]
FORMS = (_prefix, _exact, _caseless, _one_of, _optional, _word, _caseless_word, _shape)
WEIGHTS = (30, 12, 8, 14, 10, 12, 8, 6)
