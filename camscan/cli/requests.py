"""`camscan requests`: everything that camscan can send."""

from typing import Annotated

import typer

from camscan.cli.formats import Form
from camscan.cli.options import OutputOption


def requests(
    form: Annotated[Form, typer.Option("--format", "-f", help="Form of the list; json has the payloads.")] = Form.TABLE,
    output: OutputOption = None,
) -> None:
    """List every request of every protocol: to which port it goes and what it is for.

    \b
    camscan requests
    camscan requests --format json --output requests.json
    """
    from camscan.cli.formats import screen
    from camscan.cli.output import Output
    from camscan.protocols.registry import load_protocols
    from camscan.report.jsonl import as_json
    from camscan.report.requests import as_request_rows, as_request_table

    protocols = load_protocols().values()
    with Output(output) as destination:
        view = screen(destination.is_stdout)
        if form is Form.JSON:
            destination.write(as_json(as_request_rows(protocols)))
        else:
            destination.write(as_request_table(protocols, terminal=view.terminal, width=view.width))
