"""`camscan explain`: every claim about one device, the evidence and the rule, and what spoke against it."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from camscan.cli.options import FingerprintsOption, OutputOption
from camscan.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from camscan.report.shape import Device, Document


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
    fingerprints: FingerprintsOption = None,
) -> None:
    """Explain why a device is what camscan says it is.

    A recording is judged anew with the fingerprints of today; a scan's JSON is explained as it was judged then.
    """
    from camscan.cli.formats import screen
    from camscan.cli.output import Output
    from camscan.identify.sameness import same_value
    from camscan.report.explain import as_explanation, explanation
    from camscan.report.jsonl import as_json

    document = _read(source, fingerprints)
    found = [explanation(device, same_value) for device in _matching(document, wanted, source)]
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


def _read(source: str, fingerprints: "Path | None") -> "Document":
    """A document from a scan's JSON, or from judging a recording."""
    from camscan.cli.scoping import readable

    with readable(source) as stream:
        text = stream.read()
    return _parse(text, source) if _is_document(text) else _judged(text, source, fingerprints)


def _is_document(text: str) -> bool:
    """A document is one object over many lines or has the schema's name; a recording begins with a whole object."""
    import json

    first = text.lstrip().partition("\n")[0]
    try:
        row = json.loads(first)
    except ValueError:
        return True
    return isinstance(row, dict) and "schema" in row


def _parse(text: str, source: str) -> "Document":
    from pydantic import ValidationError

    from camscan.report.shape import SCHEMA, Document

    try:
        return Document.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        reason = ": ".join((".".join(map(str, first["loc"])), first["msg"])).removeprefix(": ")
        raise UsageError(f"{source}: neither {SCHEMA} nor a recording: {reason}") from None


def _judged(text: str, source: str, fingerprints: "Path | None") -> "Document":
    import camscan
    from camscan.cli.replay import judge_replies, read_recording
    from camscan.report.document import build_document

    replies = read_recording(source, text.split("\n"))
    return build_document(judge_replies(replies, fingerprints), camscan.__version__)
