"""Writes docs/supported.md: what the data files and the captures prove, never what somebody remembered to write down.

`python -m tests.supported` after a change of fingerprints or captures; a test compares.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from camscan.datafile import load_toml
from camscan.identify.field_names import DERIVED
from camscan.identify.fuse import NAMED
from camscan.identify.knowledge_base import Knowledge, load_knowledge
from camscan.identify.vocabulary import Brand
from camscan.model import MAKERS
from camscan.protocols.registry import load_protocols

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "supported.md"
CAPTURES = ROOT / "tests" / "captures"
COMMAND = "python -m tests.supported"
ATTRIBUTES = ("vendor", "brand", "model", "firmware", "serial", "mac", "kind")

Row = tuple[str, ...]
Document = dict[str, Any]


def page(knowledge: Knowledge) -> str:
    """The whole page."""
    documents = list(_captures())
    return "\n".join(_lines(knowledge, documents))


def _lines(knowledge: Knowledge, documents: list[Document]) -> Iterator[str]:
    yield "# What is supported"
    yield ""
    yield f"Written by `{COMMAND}` from `fingerprints/` and `tests/captures/`; do not edit it. A device that is not"
    yield "listed may be recognised all the same: rules go by grammar, not by list."
    yield from _section("What each channel tells", ("Channel", *ATTRIBUTES), _channels(knowledge), _CHANNELS)
    yield from _section(
        "Models that a capture proves", ("Maker", "Model", "Firmware", "By"), _models(documents), _MODELS
    )
    for maker in MAKERS:
        name = knowledge.vocabulary.makers[maker].name
        columns = ("Brand", "Shown by", "Told by", "Other makers")
        yield from _section(f"Brands that {name} builds for", columns, _brands(knowledge, maker), _BRANDS)
    columns = ("Maker", "Brand", "Kind", "For example")
    yield from _section("Families told by the model number", columns, _families(knowledge), _FAMILIES)
    yield from _section("Other makers, told apart", ("Maker", "Country", "By"), _others(knowledge), _OTHERS)


_CHANNELS = "`names`: a reply can be enough by itself. `hints`: it counts only together with another channel."
_MODELS = "Each is a test: this reply alone gives this model."
_BRANDS = (
    "*Shown by*: `source` where a document, a firmware or several users show who built it; `unverified` where it is "
    "only believed, which names no maker. *Told by*: the channels and the grammars of numbers with a rule for this "
    "brand; every channel that carries a maker's name tells the other brands too, if the device says so."
)
_FAMILIES = (
    "A model number of this form says by itself who built it, under which brand, and what it is; a column is empty "
    "where the number alone does not tell."
)
_OTHERS = "Neighbours of cameras on a network: they are named, so that nobody takes them for one of the two."


def _section(title: str, columns: Row, rows: Iterable[Row], lead: str) -> Iterator[str]:
    listed = list(rows)
    yield from ("", f"## {title}", "", lead, "", f"{len(listed)} in all.", "")
    yield f"| {' | '.join(columns)} |"
    yield "|" + "---|" * len(columns)
    yield from (f"| {' | '.join(map(_cell, row))} |" for row in listed)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*") or " "


def _captures() -> Iterator[Document]:
    return (load_toml(path) for path in sorted(CAPTURES.rglob("*.toml")))


def _channels(knowledge: Knowledge) -> Iterator[Row]:
    """What the rules of each protocol claim, at best."""
    for name, protocol in load_protocols().items():
        best: dict[str, float] = defaultdict(float)
        for rule in knowledge.rule_set(name):
            for attribute in rule.claims:
                best[attribute] = max(best[attribute], rule.confidence)
        if best:
            yield protocol.title, *(_strength(best[attribute]) for attribute in ATTRIBUTES)


def _strength(confidence: float) -> str:
    return "names" if confidence >= NAMED else "hints" if confidence else ""


def _models(documents: list[Document]) -> Iterator[Row]:
    found: dict[tuple[str, str], tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for document in documents:
        device = document["device"]
        if device.get("vendor") and device.get("model"):
            firmwares, protocols = found[device["vendor"], device["model"]]
            firmwares.update(filter(None, [device.get("firmware")]))
            protocols.add(document["protocol"])
    for (vendor, model), (firmwares, protocols) in sorted(found.items()):
        yield vendor, model, ", ".join(sorted(firmwares)), ", ".join(sorted(protocols))


def _brands(knowledge: Knowledge, maker: str) -> Iterator[Row]:
    told = _told_by(knowledge, "brand")
    brands = (b for b in knowledge.vocabulary.brands.values() if maker in b.makers and b.id != maker)
    for brand in sorted(brands, key=lambda b: b.name.casefold()):
        shown = "source" if brand.standing == "sourced" else "unverified"
        yield brand.name, shown, ", ".join(sorted(told[brand.id])), _other_makers(knowledge, brand, maker)


def _other_makers(knowledge: Knowledge, brand: Brand, maker: str) -> str:
    names = [knowledge.vocabulary.makers[m].name for m in brand.makers if m != maker]
    return ", ".join((*names, *(["others"] if brand.others else [])))


def _told_by(knowledge: Knowledge, attribute: str) -> dict[str, set[str]]:
    """Value → the protocols and derived sets with a rule that states it."""
    told: dict[str, set[str]] = defaultdict(set)
    for name, rules in knowledge.rules.items():
        for rule in rules:
            if attribute in rule.claims:
                told[rule.claims[attribute]].add(f"{name} number" if name in DERIVED else name)
    for entry in knowledge.oui.entries.values():
        if attribute == "brand" and entry.brand:
            told[entry.brand].add("MAC")
    return told


def _families(knowledge: Knowledge) -> Iterator[Row]:
    rows: dict[Row, list[str]] = defaultdict(list)
    for rule in knowledge.rule_set("model"):
        vendor, brand, kind = (rule.claims.get(name, "") for name in ("vendor", "brand", "kind"))
        if (vendor in MAKERS or brand) and "{" not in vendor + brand + kind:
            rows[vendor, brand, kind] += _examples(rule.example)
    for row, examples in sorted(rows.items()):
        yield *row, ", ".join(f"`{text}`" for text in dict.fromkeys(examples[:3]))


def _examples(examples: Iterable[Any]) -> list[str]:
    models = (example["fields"].get("model", ()) for example in examples)
    return [text for model in models for text in ([model] if isinstance(model, str) else model)]


def _others(knowledge: Knowledge) -> Iterator[Row]:
    told = _told_by(knowledge, "vendor")
    makers = (m for m in knowledge.vocabulary.makers.values() if m.id not in MAKERS and told[m.id])
    for maker in sorted(makers, key=lambda m: m.name.casefold()):
        yield maker.name, maker.country or "", ", ".join(sorted(told[maker.id]))


if __name__ == "__main__":
    PAGE.write_text(page(load_knowledge()) + "\n", encoding="utf-8")
