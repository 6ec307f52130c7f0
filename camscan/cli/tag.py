"""`camscan tag`: words for a device by which it can be listed."""

import re
from typing import Annotated

import typer

from camscan.cli.deciding import DeviceArgument, ReasonOption, UntilOption, WhoOption, decided, word_of
from camscan.cli.options import InventoryOption, QuietOption
from camscan.errors import UsageError

_TAG = re.compile(r"[^\s,]{1,64}")  # no separator of a list or of CSV, so that tags can be listed in one cell


def tag(
    device: DeviceArgument,
    tags: Annotated[list[str], typer.Argument(metavar="TAG…", help="Words without blanks and commas.")],
    reason: ReasonOption = "",
    who: WhoOption = None,
    until: UntilOption = None,
    quiet: QuietOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Give a device words of your own; `camscan devices --tag TAG` lists those that have one. Sends nothing.

    \b
    camscan tag 10.20.0.17 car-park replace-2027

    Exit codes: 0 done, 2 usage (no such device among them), 4 could not run.
    """
    from camscan.cli.register import inventory_at

    for word in tags:
        if not _TAG.fullmatch(word):
            raise UsageError(f"TAG {word}: a tag has up to 64 characters, and no blank or comma")
    with inventory_at(inventory, quiet=quiet) as opened:
        decided(opened, "tag", [device], word_of(who, reason, until), tuple(dict.fromkeys(tags)), quiet=quiet)
