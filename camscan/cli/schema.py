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
    FINDINGS = "findings"
    EXPORT = "export"
    BUNDLE = "bundle"


def schema(
    document: Annotated[
        Document,
        typer.Argument(
            metavar=f"[{'|'.join(Document)}]",
            help="Which: of scan, replay and import, or of the command of that name (diff: of reassess too, export: of "
            "a line of jsonl, bundle: of its manifest).",
        ),
    ] = Document.SCAN,
    output: OutputOption = None,
) -> None:
    """Print the JSON Schema of what `--format json` writes.

    \b
    camscan schema
    camscan schema devices --output devices.schema.json
    """
    from camscan.cli.output import Output
    from camscan.report.jsonl import as_json

    with Output(output) as destination:
        destination.write(as_json(_published(document)))


def _published(document: Document) -> dict[str, Any]:
    from camscan.report import evidence_shape, exposure_shape, findings_shape, reconcile_shape, register_shape, shape
    from camscan.report.export import shape as export_shape

    own = {
        Document.SCAN: shape,
        Document.EXPOSURE: exposure_shape,
        Document.RECONCILE: reconcile_shape,
        Document.FINDINGS: findings_shape,
        Document.EXPORT: export_shape,
        Document.BUNDLE: evidence_shape,
    }
    return own[document].json_schema() if document in own else register_shape.register_schema(document.value)
