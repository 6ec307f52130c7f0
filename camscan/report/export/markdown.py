"""Markdown for a ticket or a wiki: a table of the devices, and what stands on them, the worst first.

Whatever a device or a person wrote stands in a code span, where nothing is markup: no link, image, mention, HTML or
emphasis. What could end a span or a cell of a table (a backtick, a vertical bar) is escaped as `printable` escapes.
"""

from collections.abc import Iterator, Sequence

from camscan.register import Standing, Unit
from camscan.report.document import SOURCE_LIMIT, moment
from camscan.report.export.material import Material, open_ids, value
from camscan.report.printable import printable
from camscan.report.standing import Group, Wanted, grouped, reasons, remedies, source

COLUMNS = ("Address", "Maker", "Brand", "Model", "Firmware", "Serial", "Site", "Open")

REDACTED = "Redacted: stand-ins stand in the place of what identifies a device or its owner."

_ENDS_A_SPAN = str.maketrans({"`": "\\x60", "|": "\\x7c"})
_MARKUP = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_{}[]()<>#+!|~&@$^"})


def as_markdown(material: Material) -> Iterator[str]:
    """The whole text. What its owner lives with is told as ignored, at the end."""
    yield f"# Devices of the inventory\n\n{_head(material)}\n"
    if material.units:
        yield f"\n| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}\n"
        yield from (_row(unit, material) for unit in material.units)
    yield from _section("Open", grouped(material.units, Wanted()))
    yield from _section("Ignored", grouped(material.units, Wanted(ignored=True)))


def _head(material: Material) -> str:
    count = len(material.units)
    time = moment(material.time)
    told = f"{count:,} {'device' if count == 1 else 'devices'}{f', as of {time}' if time else ''}."
    return f"{told}\n\n{REDACTED}" if material.masked else told


def _row(unit: Unit, material: Material) -> str:
    cells = [
        _span(value(unit, "address")),
        *(_span(None if value(unit, one) is None else material.name(value(unit, one))) for one in ("vendor", "brand")),
        *(_span(value(unit, name)) for name in ("model", "firmware", "serial", "site")),
        " ".join(_span(name) for name in open_ids(unit)) or "-",
    ]
    return f"| {' | '.join(cells)} |\n"


def _section(title: str, groups: Sequence[Group]) -> Iterator[str]:
    if groups:
        yield f"\n## {title}\n"
    for group in groups:
        yield from _finding(group)


def _finding(group: Group) -> Iterator[str]:
    first = group.cases[0][1]
    marks = ", ".join(part for part in (group.severity, "exploited" if group.exploited else None) if part)
    yield f"\n### {_span(group.id)}{f' ({marks})' if marks else ''}\n\n"
    told = (remedies(one for _, one in group.cases), source(first))
    if text := " ".join(_plain(part) for part in told if part):
        yield f"{text}\n\n"
    for unit, one in group.cases:
        yield f"- {_case(unit, one)}\n"


def _case(unit: Unit, one: Standing) -> str:
    where = " ".join(_span(value(unit, name)) for name in ("address", "model") if value(unit, name))
    parts = [f"{where or _span(unit.device.id)}, since {(moment(one.since) or 'long ago')[:10]}"]
    parts += [_span(reason) for reason in reasons(one)]
    if one.ignored is not None:
        until = moment(one.ignored.until)
        parts.append(f"ignored by {_span(one.ignored.who)}{f' until {until[:10]}' if until else ''}")
        parts.append(_span(one.ignored.reason))
    return ": ".join(parts)


def _span(text: str | None) -> str:
    """The text as a code span; a dash for what is not known."""
    return f"`{printable(text).translate(_ENDS_A_SPAN)}`" if text else "-"


def _plain(text: str) -> str:
    """Prose of our data files, with nothing in it that is markup."""
    return printable(text, SOURCE_LIMIT).translate(_MARKUP)
