"""`camscan schema`: the published shape of the JSON."""

from camscan.cli.options import OutputOption


def schema(output: OutputOption = None) -> None:
    """Print the JSON Schema of what `--format json` writes."""
    from camscan.cli.output import Output
    from camscan.report.jsonl import as_json
    from camscan.report.shape import json_schema

    with Output(output) as destination:
        destination.write(as_json(json_schema()))
