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
    INVENTORY_CHECK = "inventory-check"
    INVENTORY_EXPORT = "inventory-export"
    SITES = "sites"
    PROGRESS = "progress"
    FINDINGS = "findings"
    EXPORT = "export"
    BUNDLE = "bundle"


def schema(
    document: Annotated[
        Document,
        typer.Argument(
            metavar=f"[{'|'.join(Document)}]",
            help="Which: of scan, replay and import, or of the command of that name (diff: of reassess too, progress: "
            "of `sites --progress`, export: of a line of jsonl, inventory-export: of each of its lines, bundle: of its "
            "manifest).",
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
    from camscan.report import (
        evidence_shape,
        exposure_shape,
        findings_shape,
        inventory_shape,
        reconcile_shape,
        register_shape,
        shape,
        sites_shape,
    )
    from camscan.report.export import shape as export_shape

    own = {
        Document.SCAN: shape,
        Document.EXPOSURE: exposure_shape,
        Document.RECONCILE: reconcile_shape,
        Document.FINDINGS: findings_shape,
        Document.EXPORT: export_shape,
        Document.BUNDLE: evidence_shape,
    }
    if document in own:
        schema: dict[str, Any] = own[document].json_schema()
        return schema
    if document in (Document.INVENTORY_CHECK, Document.INVENTORY_EXPORT):
        return inventory_shape.inventory_schema(document.value)
    if document in (Document.SITES, Document.PROGRESS):
        return sites_shape.sites_schema(document.value)
    return register_shape.register_schema(document.value)
