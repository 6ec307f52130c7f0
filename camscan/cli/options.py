"""Options that several commands share, each spelled and explained once."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from camscan.cli.formats import Format


class Severity(StrEnum):
    """What `--fail-on` takes where nothing is recorded, as `SEVERITIES`."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class FailOn(StrEnum):
    """What `--fail-on` takes: a severity, or any change."""

    CHANGE = "change"
    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


FormatOption = Annotated[
    Format,
    typer.Option("--format", "-f", help="Form of the result. jsonl: one device a line, shaped like devices[] of json."),
]
ChangesFormatOption = Annotated[
    Format,
    typer.Option(
        "--format", "-f", help="Form of what changed. jsonl: one change a line, shaped like changes[] of json."
    ),
]
ChangesOnlyOption = Annotated[
    bool,
    typer.Option(
        "--changes-only",
        help="Deliver what this changed in the inventory, as `camscan diff` does, and nothing where nothing changed.",
    ),
]
OutputOption = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write the result to FILE, whole or not at all."),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing on stderr but errors.")]
PolicyOption = Annotated[
    list[str] | None,
    typer.Option(
        "--policy", metavar="ID", help="Hold devices against this policy (`camscan policy list`). Repeatable."
    ),
]
SiteOption = Annotated[
    Path | None,
    typer.Option("--site", metavar="FILE", help="What the owner says of the sites, for policies that bind only some."),
]
LogOption = Annotated[
    str | None,
    typer.Option(
        "--log",
        metavar="syslog|journald",
        help="Log begin, changes, end and what goes to stderr; syslog:PATH names another socket.",
    ),
]
NotifyOption = Annotated[
    Path | None,
    typer.Option(
        "--notify",
        metavar="FILE",
        help="Send a message about what changed to the targets in FILE (needs camscan[notify]).",
    ),
]
MetricsOption = Annotated[
    Path | None,
    typer.Option("--metrics", metavar="FILE", help="Write counts to FILE for Prometheus (textfile of node_exporter)."),
]
FingerprintsOption = Annotated[
    Path | None,
    typer.Option("--fingerprints", metavar="DIR", help="Use the data files in DIR instead of those that came along."),
]
InventoryOption = Annotated[
    str | None,
    typer.Option(
        "--inventory",
        metavar="PATH|URL",
        help="The inventory: a file, or postgresql://… (the environment variable CAMSCAN_INVENTORY says the same). "
        "Without either: one of this user's own.",
    ),
]
_AT_LEAST = (
    "End with 1 where a finding, or an advisory that affects a device, is at least this: info, low, medium, high, "
    "critical"
)
SeverityOption = Annotated[Severity | None, typer.Option("--fail-on", metavar="SEVERITY", help=f"{_AT_LEAST}.")]
FailOnOption = Annotated[
    FailOn | None,
    typer.Option(
        "--fail-on",
        metavar="SEVERITY|change",
        help=f"{_AT_LEAST}; change: where the inventory is not as it was before.",
    ),
]
