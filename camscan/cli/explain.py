"""`camscan explain`: every claim about one device, the evidence and the rule, and what spoke against it."""

from collections.abc import Iterable
from enum import StrEnum
from itertools import chain, repeat
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from camscan.cli.chosen import NOTHING, Chosen, chosen_by
from camscan.cli.options import FingerprintsOption, OutputOption, PolicyOption, SiteOption
from camscan.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from camscan.model import Reply
    from camscan.report.shape import Device, Document

_NEITHER = "neither camscan.scan/1 nor a recording"


class Form(StrEnum):
    """What `--format` takes here."""

    TABLE = "table"
    JSON = "json"


def explain(
    wanted: Annotated[
        str, typer.Argument(metavar="ADDRESS|DEVICE", help="An address, or the id, serial or MAC of a device.")
    ],
    source: Annotated[
        str,
        typer.Option("--from", metavar="FILE", help="A scan written with --format json, or a recording; - for stdin."),
    ],
    form: Annotated[Form, typer.Option("--format", "-f", help="Form of the explanation.")] = Form.TABLE,
    output: OutputOption = None,
    policies: PolicyOption = None,
    site: SiteOption = None,
    fingerprints: FingerprintsOption = None,
) -> None:
    """Explain why a device is what camscan says it is.

    A recording is judged anew with the fingerprints of today; a scan's JSON is explained as it was judged then.
    With --policy or --site both are held against policies of today.
    """
    from camscan.cli.advisories import told_of
    from camscan.cli.formats import screen
    from camscan.cli.output import Output
    from camscan.identify.sameness import same_value
    from camscan.report.explain import as_explanation, explanation
    from camscan.report.jsonl import as_json

    document = read_document(source, fingerprints, chosen_by(policies, site))
    matching = _matching(document, wanted, source)
    told = told_of(fingerprints) if any(device.advisories for device in matching) else {}
    found = [explanation(device, same_value, told) for device in matching]
    with Output(output) as destination:
        view = screen(destination.is_stdout)
        if form is Form.JSON:
            destination.write(as_json(found))
        else:
            texts = (as_explanation(one, terminal=view.terminal, width=view.width) for one in found)
            destination.write("\n".join(texts))


def _matching(document: "Document", wanted: str, source: str) -> list["Device"]:
    key = wanted.casefold()
    found = [device for device in document.devices if key in _names(device)]
    if not found:
        raise UsageError(f"{source}: no device {wanted} among its {len(document.devices)}")
    return found


def _names(device: "Device") -> set[str]:
    names = (device.id, device.address, *device.addresses, device.serial, device.mac)
    return {name.casefold() for name in names if name}


def read_document(source: str, fingerprints: "Path | None", chosen: Chosen = NOTHING) -> "Document":
    """A document from a scan's JSON, or from judging a recording."""
    from camscan.cli.anew import held_anew
    from camscan.cli.reading import readable, shown

    name = shown(source)
    with readable(source) as stream:
        blanks, first = _first_line(stream)
        if not first:
            raise UsageError(f"{name}: nothing in it")
        if not _is_recording(first):
            text = _whole(name, first, stream)
            return held_anew(_parse(text, name), chosen, fingerprints)
        replies = _replies(name, chain(repeat("\n", blanks), [first]), stream)
    return _judged(replies, fingerprints, chosen)


def _first_line(stream: TextIO) -> tuple[int, str]:
    """How many blank lines stand first, and as much of the line after them as a recording's may have."""
    from camscan.intake.lines import LINE_LIMIT

    blanks = 0
    while (line := stream.readline(LINE_LIMIT + 1)) and not line.strip():
        blanks += 1
    return blanks, line


def _is_recording(first: str) -> bool:
    """A recording begins with a whole JSON value; a document goes over many lines or names its schema."""
    import json

    try:
        row = json.loads(first)
    except (ValueError, RecursionError):
        return False
    return not (isinstance(row, dict) and "schema" in row)


def _whole(name: str, first: str, stream: TextIO) -> str:
    """The text of a document. One that cannot be JSON is not read to its end, which may be nowhere."""
    from camscan.cli.reading import SIZE_LIMIT, too_large

    if not first.lstrip().startswith("{"):
        raise UsageError(f"{name}: {_NEITHER}")
    text = first + stream.read(SIZE_LIMIT)
    if len(text) > SIZE_LIMIT:
        raise too_large(name)
    return text


def _parse(text: str, name: str) -> "Document":
    from pydantic import ValidationError

    from camscan.intake.lines import is_text
    from camscan.report.shape import Document

    if not is_text(text):
        number = next(n for n, line in enumerate(text.split("\n"), 1) if not is_text(line))
        raise UsageError(f"{name}:{number}: not UTF-8 text")
    try:
        return Document.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        reason = ": ".join((".".join(map(str, first["loc"])), first["msg"])).removeprefix(": ")
        raise UsageError(f"{name}: {_NEITHER}: {reason}") from None


def _replies(name: str, beginning: Iterable[str], stream: TextIO) -> "list[Reply]":
    from camscan.cli.reading import lines_of
    from camscan.cli.replay import read_recording

    return read_recording(name, chain(beginning, lines_of(name, stream)))


def _judged(replies: "list[Reply]", fingerprints: "Path | None", chosen: Chosen) -> "Document":
    import camscan
    from camscan.cli.judged import judge_replies
    from camscan.report.document import as_document
    from camscan.report.shape import Document

    judged = judge_replies("replay", replies, fingerprints, chosen)
    return Document.model_validate(as_document(judged, camscan.__version__))
