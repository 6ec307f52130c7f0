"""`camscan schema`: the published shape of the JSON."""

from enum import StrEnum
from typing import Annotated

import typer

from camscan.cli.options import OutputOption


class Document(StrEnum):
    """The documents whose shape is published."""

    SCAN = "scan"
    EXPOSURE = "exposure"


def schema(
    document: Annotated[
        Document, typer.Argument(metavar="[scan|exposure]", help="Which: of scan and replay, or of exposure.")
    ] = Document.SCAN,
    output: OutputOption = None,
) -> None:
    """Print the JSON Schema of what `--format json` writes."""
    from camscan.cli.output import Output
    from camscan.report import exposure_shape, shape
    from camscan.report.jsonl import as_json

    published = shape.json_schema if document is Document.SCAN else exposure_shape.json_schema
    with Output(output) as destination:
        destination.write(as_json(published()))
