"""The `camscan` command. Every command is one file of this folder and imports what it needs when it runs, so that
`camscan --help` is instant.
"""

import gc
import sys
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from camscan.cli import ending
from camscan.cli.advisories import advisories
from camscan.cli.approve import approve
from camscan.cli.bundle import bundle
from camscan.cli.capture import capture
from camscan.cli.completion import answer, completion, is_asked
from camscan.cli.decisions import decisions, withdraw
from camscan.cli.demo import demo
from camscan.cli.devices import devices
from camscan.cli.diff import diff
from camscan.cli.explain import explain
from camscan.cli.export import export
from camscan.cli.exposure import exposure
from camscan.cli.findings import findings
from camscan.cli.fingerprint import fingerprint
from camscan.cli.history import history
from camscan.cli.ignore import ignore
from camscan.cli.importing import import_files
from camscan.cli.inventory.group import inventory
from camscan.cli.locate import locate
from camscan.cli.merge import merge
from camscan.cli.note import note
from camscan.cli.notify import notify
from camscan.cli.policy import policy
from camscan.cli.reassess import reassess
from camscan.cli.reconcile import reconcile
from camscan.cli.replay import replay
from camscan.cli.report import report
from camscan.cli.requests import requests
from camscan.cli.scan import scan
from camscan.cli.schema import schema
from camscan.cli.sites import sites
from camscan.cli.split import split
from camscan.cli.tag import tag
from camscan.cli.update import update

COLLECTED_AFTER = 50_000
"""New objects after which Python looks for dead ones that hold each other. By its own 700 it does so some 280 times in
a scan that finds 200 cameras, which takes 0.15 s, for 650 of them: nearly everything else is kept to the end or dies
by itself."""


class OneLineErrors(TyperGroup):
    """Ends every command as `ending` says, instead of with a usage text or a traceback."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Runs the command line; in standalone mode ends the program with the exit code, else returns it."""
        run = partial(super().main, args, "camscan", complete_var, False, windows_expand_args, **extra)
        code = answer(run) if is_asked() else ending.run(run)
        if standalone_mode:
            sys.exit(code)
        return code


app = typer.Typer(
    cls=OneLineErrors,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
for command in (
    scan,
    replay,
    explain,
    devices,
    findings,
    history,
    diff,
    reassess,
    reconcile,
    report,
    approve,
    ignore,
    note,
    tag,
    locate,
    merge,
    split,
    decisions,
    withdraw,
    export,
    exposure,
    advisories,
    update,
    capture,
    schema,
    requests,
    completion,
    demo,
):
    app.command()(command)
app.command(name="import")(import_files)
app.add_typer(sites, name="sites")
app.add_typer(inventory, name="inventory")
app.add_typer(bundle, name="bundle")
app.add_typer(fingerprint, name="fingerprint")
app.add_typer(notify, name="notify")
app.add_typer(policy, name="policy")


def _print_version(wanted: bool) -> None:
    if wanted:
        from camscan.cli.output import write_stdout
        from camscan.cli.version import version_text

        write_stdout(version_text() + "\n")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def camscan(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and the data's date."
        ),
    ] = False,
) -> None:
    """Find Hikvision and Dahua devices on a network, under whatever brand, and prove it. Read-only.

    \b
    camscan scan
    camscan scan 10.20.0.0/16 --format csv --output devices.csv
    camscan findings --severity high
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(ending.Exit.USAGE)


def main() -> None:
    """The console script."""
    gc.set_threshold(COLLECTED_AFTER)
    try:
        app()
    finally:  # the system takes the memory back as a whole: to look through it once more took 0.05 s after a large scan
        gc.freeze()
