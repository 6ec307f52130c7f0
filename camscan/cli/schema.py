"""`camscan schema`: the published shapes of the JSON."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from camscan.cli.options import OutputOption


class Document(StrEnum):
    """The documents whose shape is published."""

    SCAN = "scan"
    EXPOSURE = "exposure"
    DEVICES = "devices"
    HISTORY = "history"
    DIFF = "diff"
    DECISIONS = "decisions"
    RECONCILE = "reconcile"
    EXPORT = "export"


def schema(
    document: Annotated[
        Document,
        typer.Argument(
            metavar=f"[{'|'.join(Document)}]",
            help="Which: of scan, replay and import, or of the command of that name (diff: of reassess too, export: of "
            "a line of jsonl).",
        ),
    ] = Document.SCAN,
    output: OutputOption = None,
) -> None:
    """Print the JSON Schema of what `--format json` writes."""
    from camscan.cli.output import Output
    from camscan.report.jsonl import as_json

    with Output(output) as destination:
        destination.write(as_json(_published(document)))


def _published(document: Document) -> dict[str, Any]:
    from camscan.report import exposure_shape, reconcile_shape, register_shape, shape
    from camscan.report.export import shape as export_shape

    if document is Document.SCAN:
        return shape.json_schema()
    if document is Document.EXPOSURE:
        return exposure_shape.json_schema()
    if document is Document.RECONCILE:
        return reconcile_shape.json_schema()
    if document is Document.EXPORT:
        return export_shape.json_schema()
    return register_shape.register_schema(document.value)
