"""`camscan scan`: find devices on a network. What the options mean; `conduct.py` does the work."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from camscan.cli.formats import Format
from camscan.cli.options import (
    ChangesOnlyOption,
    FailOnOption,
    FingerprintsOption,
    FormatOption,
    InventoryOption,
    LogOption,
    MetricsOption,
    NotifyOption,
    OutputOption,
    PolicyOption,
    QuietOption,
    SiteOption,
)
from camscan.cli.pace import PaceName, speed_of

MOST_PACKETS = 1_000_000  # a second: what a gigabit of SYN frames holds


class Engine(StrEnum):
    """What `--engine` takes."""

    AUTO = "auto"
    SYN = "syn"
    CONNECT = "connect"
    NMAP = "nmap"


def scan(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TARGET",
            help="Address, network (10.0.0.0/24), range (10.0.0.5-10.0.0.20, 10.0.0.5-20), host name, or - for lines "
            "on stdin. Without any: the private networks this machine is directly on.",
        ),
    ] = None,
    target_files: Annotated[
        list[str] | None,
        typer.Option("--targets", metavar="FILE", help="Read targets from FILE; # starts a comment. Repeatable."),
    ] = None,
    exclusions: Annotated[
        list[str] | None,
        typer.Option(
            "--exclude",
            metavar="TARGET",
            help="Send no packet to TARGET; wins over everything. A multicast on its segment may still reach it. "
            "Repeatable.",
        ),
    ] = None,
    exclusion_files: Annotated[
        list[str] | None,
        typer.Option("--exclude-file", metavar="FILE", help="The same for the targets in FILE. Repeatable."),
    ] = None,
    interfaces: Annotated[
        list[str] | None,
        typer.Option("--interface", metavar="NAME", help="Use this network interface only. Repeatable."),
    ] = None,
    allow_public: Annotated[
        bool, typer.Option("--allow-public", help="Permit public addresses among the targets.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be sent to whom, and send nothing.")
    ] = False,
    form: FormatOption = Format.TABLE,
    output: OutputOption = None,
    replies: Annotated[
        Path | None, typer.Option("--replies", metavar="FILE", help="Record every reply in FILE, for `camscan replay`.")
    ] = None,
    request_log: Annotated[
        Path | None, typer.Option("--request-log", metavar="FILE", help="Log everything that is sent in FILE.")
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option(
            "--resume",
            metavar="FILE",
            help="Keep in FILE how far the scan has come; where it was cut short, the same command goes on.",
        ),
    ] = None,
    deadline: Annotated[
        str | None,
        typer.Option(
            "--deadline",
            metavar="DURATION",
            help="Be over after so long (2h, 90m, 45s), with what was found delivered and recorded as partial; "
            "--resume goes on with it.",
        ),
    ] = None,
    vantage: Annotated[
        str | None,
        typer.Option(
            "--vantage",
            metavar="NAME",
            help="Name of the place in the network from which this is asked, such as guest-wifi, for "
            "`camscan exposure`. Without it: the name of this machine.",
        ),
    ] = None,
    inventory: InventoryOption = None,
    changes_only: ChangesOnlyOption = False,
    no_record: Annotated[bool, typer.Option("--no-record", help="Do not record the scan in the inventory.")] = False,
    notify: NotifyOption = None,
    log: LogOption = None,
    metrics: MetricsOption = None,
    quiet: QuietOption = False,
    engine: Annotated[
        Engine,
        typer.Option(
            "--engine",
            help="Who looks for open ports: auto is syn where frames can be sent (raw sockets, Ethernet, IPv4), and "
            "connect else.",
        ),
    ] = Engine.AUTO,
    no_challenge: Annotated[
        bool, typer.Option("--no-challenge", help="Leave out login challenges, which carry no credential.")
    ] = False,
    pace: Annotated[
        PaceName,
        typer.Option(
            "--pace",
            help="How fast. gentle: 200 packets a second. normal: 500; 2,000 for each 256 addresses of this "
            "machine's own network, with raw sockets, and 1,000 of ARP. fast: 10,000.",
        ),
    ] = PaceName.NORMAL,
    rate: Annotated[
        int | None,
        typer.Option(
            "--rate",
            metavar="N",
            min=1,
            max=MOST_PACKETS,
            help="Packets a second, all channels together; goes before --pace.",
        ),
    ] = None,
    fail_on: FailOnOption = None,
    policies: PolicyOption = None,
    site: SiteOption = None,
    fingerprints: FingerprintsOption = None,
) -> None:
    """Find Hikvision and Dahua devices, under whatever brand, and say what they are.

    Only questions are sent that devices answer without a login (see `camscan requests`). An ONVIF account of yours may
    be given by CAMSCAN_ONVIF_USER and CAMSCAN_ONVIF_PASSWORD in the environment; it is tried once a device.

    The scan is recorded in the inventory: `camscan devices` lists what is known, `camscan diff` what changed.

    Unattended: `camscan scan --quiet --changes-only` prints nothing where nothing changed.

    \b
    camscan scan
    camscan scan 10.20.0.0/16 --exclude 10.20.9.0/24 --pace gentle
    camscan scan 10.20.0.0/16 --dry-run
    camscan scan --targets sites.txt --replies replies.jsonl --format json --output scan.json
    camscan scan 10.20.0.0/16 --quiet --changes-only --fail-on high --deadline 4h

    Exit codes: 0 done, 1 findings at or above --fail-on, or changes with --fail-on change, 2 usage, 3 partial (an
    address could not be asked), 4 could not run to the end, 130 interrupted. Of two that fit, the first of 130, 4, 1,
    3.
    """
    from camscan.cli.chosen import chosen_by
    from camscan.cli.conduct import conduct
    from camscan.cli.deadline import parse_duration
    from camscan.cli.scoping import Named
    from camscan.cli.wanted import Wanted
    from camscan.intake.vantage import parse_vantage

    named = Named(
        targets=tuple(targets or ()),
        target_files=tuple(target_files or ()),
        exclusions=tuple(exclusions or ()),
        exclusion_files=tuple(exclusion_files or ()),
        interfaces=tuple(interfaces or ()),
        allow_public=allow_public,
    )
    wanted = Wanted(
        named=named,
        form=form,
        output=output,
        replies=replies,
        request_log=request_log,
        resume=resume,
        fingerprints=fingerprints,
        engine=engine.value,
        challenge=not no_challenge,
        speed=speed_of(pace, rate),
        quiet=quiet,
        fail_on=fail_on,
        dry_run=dry_run,
        chosen=chosen_by(policies, site),
        vantage=None if vantage is None else parse_vantage(vantage),
        inventory=inventory,
        record=not no_record,
        changes_only=changes_only,
        log=log,
        notify=notify,
        metrics=metrics,
        deadline=None if deadline is None else parse_duration(deadline),
    )
    raise typer.Exit(conduct(wanted))
