"""`camscan ignore`: somebody has decided to live with a finding, an advisory or a policy."""

from typing import Annotated

import typer

from camscan.cli.deciding import ReasonOption, UntilOption, WhoOption, decided, word_of
from camscan.cli.options import InventoryOption, QuietOption
from camscan.errors import UsageError


def ignore(
    device: Annotated[
        str,
        typer.Argument(
            metavar="DEVICE|all",
            help="An id of `camscan devices`, an address, a serial or a MAC; all: every device, also those to come.",
        ),
    ],
    subjects: Annotated[
        list[str], typer.Argument(metavar="ID…", help="Of a finding (telnet-open), an advisory (CVE-…) or a policy.")
    ],
    reason: ReasonOption = "",
    who: WhoOption = None,
    until: UntilOption = None,
    quiet: QuietOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Decide to live with something that is found. It is shown as ignored, and calls for nothing. Sends nothing.

    It does not count in --fail-on, in what to do first, in `devices` and `diff`. When its time is over it comes back:
    scans count it again, and `diff` says that the exception has ended. A reason is needed.

    \b
    camscan ignore 10.20.0.17 telnet-open --reason 'replaced in March' --until 2027-03-31
    camscan ignore all clock-wrong --reason 'no time server on this network yet' --until 2027-01-31

    Exit codes: 0 done, 2 usage (no such device or finding among them), 4 could not run.
    """
    from camscan.cli.register import inventory_at
    from camscan.inventory.lookup import refuse_unknown_subjects

    if not reason.strip():
        raise UsageError("--reason: nobody will know later why this is ignored")
    word = word_of(who, reason, until)
    with inventory_at(inventory, quiet=quiet) as opened:
        with opened.reading() as connection:
            refuse_unknown_subjects(connection, subjects)
        decided(opened, "ignore", [device], word, tuple(dict.fromkeys(subjects)), quiet=quiet)
