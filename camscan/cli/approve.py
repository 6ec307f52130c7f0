"""`camscan approve`: a device may be there."""

from camscan.cli.deciding import DevicesArgument, ReasonOption, UntilOption, WhoOption, decided, word_of
from camscan.cli.options import InventoryOption, QuietOption


def approve(
    devices: DevicesArgument,
    reason: ReasonOption = "",
    who: WhoOption = None,
    until: UntilOption = None,
    quiet: QuietOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Say that a device may be there. `camscan devices --unapproved` lists the others. Sends nothing.

    What is found on the device is found as before: see `camscan ignore`. When the time is over, `camscan diff` says so.

    \b
    camscan approve 10.20.0.17 --reason 'car park, contract 2024/17' --until 2027-12-31
    camscan approve 3f2a9c… 91bd04… --who 'J. Jensen'

    Exit codes: 0 done, 2 usage (no such device among them), 4 could not run.
    """
    from camscan.cli.register import inventory_at

    with inventory_at(inventory, quiet=quiet) as opened:
        decided(opened, "approve", devices, word_of(who, reason, until), quiet=quiet)
