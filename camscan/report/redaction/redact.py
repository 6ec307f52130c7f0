"""A dossier or the material of an export without what identifies a device or its owner, and the check of what is made
of it.

Two ways through the same records: the first notes every original, the second puts stand-ins in their places. Everything
that is worked out, drawn or sorted comes afterwards, from the redacted records alone.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from camscan.change import EVENTS, Comparison
from camscan.dossier import Dossier, Sheet
from camscan.report.devices import ordered
from camscan.report.document import address_order
from camscan.report.export.material import Material
from camscan.report.redaction.originals import Originals
from camscan.report.redaction.remaining import Left, Remaining, joined
from camscan.report.redaction.rule import Rule
from camscan.report.redaction.shapes import tokens
from camscan.report.redaction.stand_ins import Block, StandIns
from camscan.report.redaction.texts import Texts
from camscan.report.redaction.walk import Walk


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is no owner's: `own` words of the program, its data and products, small, and the `block` of a MAC."""

    own: frozenset[str]
    block: Block


class Redacted(NamedTuple):
    """What is left of a dossier, and the last look at whatever is made of it."""

    dossier: Dossier
    check: "Check"


class RedactedMaterial(NamedTuple):
    """The same of an export."""

    material: Material
    check: "Check"


Check = Callable[[Iterable[str] | str], Left | None]
"""What is left of the originals in a text, None where nothing is."""


def redacted(dossier: Dossier, title: str | None, words: Words) -> Redacted:
    """The dossier with stand-ins. `title` is whose devices these are: it goes too."""
    originals = Originals(own=words.own | _words_of(dossier.titles.values(), dossier.names.values()))
    if title:
        originals.note(Rule.TITLE, title)
    new, texts, remaining = _through(dossier, originals, words)
    return Redacted(_in_order(new, dict(texts.counts)), _check(remaining))


def redacted_material(material: Material, words: Words) -> RedactedMaterial:
    """The material with stand-ins."""
    originals = Originals(own=words.own | _words_of(material.names.values()))
    new, texts, remaining = _through(material, originals, words)
    rank = {id(one.device): number for number, one in enumerate(new.units)}
    units = {rank[id(device)]: None for device in ordered(one.device for one in new.units)}
    made = replace(new, units=[new.units[number] for number in units], masked=_masked(dict(texts.counts)))
    return RedactedMaterial(made, _check(remaining))


def _through(records: Any, originals: Originals, words: Words) -> "tuple[Any, StandIns, Remaining]":
    Walk(originals.note).through(records)
    for sheet in records.sheets if isinstance(records, Dossier) else ():
        for one in sheet.evidence:
            originals.note_said(one.field, one.text, one.value)
    originals.settle()
    remaining = Remaining(originals)
    stand_ins = StandIns(originals, words.block, remaining)
    return Walk(Texts(originals, stand_ins, remaining).act).through(records), stand_ins, remaining


def _check(remaining: Remaining) -> Check:
    return lambda pieces: remaining.first(joined(pieces))


def _words_of(*texts: Iterable[Any]) -> frozenset[str]:
    """The words of data of ours."""
    found: set[str] = set()
    for one in (one for some in texts for one in some):
        parts = (one,) if isinstance(one, str) else (one.text, one.why, one.date, *one.sources)
        found.update(word for part in parts for word in tokens(part))
    return frozenset(found)


def _in_order(dossier: Dossier, counts: dict[str, int]) -> Dossier:
    """What comes in the order of originals, or of the numbers of the inventory, in that of stand-ins."""
    sheets = sorted(dossier.sheets, key=lambda one: (address_order(one.device.address), one.device.id))
    comparison = dossier.comparison
    return replace(
        dossier,
        sheets=tuple(_numbered(number, one) for number, one in enumerate(sheets, 1)),
        gone=tuple(ordered(dossier.gone)),
        comparison=None if comparison is None else _changes_in_order(comparison),
        masked=_masked(counts),
    )


def _numbered(number: int, one: Sheet) -> Sheet:
    device = one.device
    others = sorted(set(device.addresses) - {device.address}, key=address_order)
    services = sorted(device.services, key=lambda service: (service.transport, service.port, service.protocol))
    told = replace(device, addresses=(device.address, *others), services=tuple(services))
    return replace(one, numbers=(number,), device=told, vantages=tuple(sorted(one.vantages)))


def _changes_in_order(comparison: Comparison) -> Comparison:
    place = {event: number for number, event in enumerate(EVENTS)}
    changes = sorted(comparison.changes, key=lambda one: (place[one.event], one.device, one.subject or ""))
    return replace(comparison, changes=tuple(changes))


def _masked(counts: dict[str, int]) -> dict[str, int]:
    return {str(kind): number for kind, number in counts.items() if number}
