"""Which devices of the inventory a command is about: the options, each explained once, and what they mean."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from camscan.inventory.listing import Filter

_PATTERN = "* stands for anything"

VendorOption = Annotated[str | None, typer.Option("--vendor", metavar="ID", help="Only those of this maker.")]
BrandOption = Annotated[str | None, typer.Option("--brand", metavar="ID", help="Only those sold under this name.")]
ModelOption = Annotated[str | None, typer.Option("--model", metavar="PATTERN", help=f"Only this model; {_PATTERN}.")]
FirmwareOption = Annotated[
    str | None, typer.Option("--firmware", metavar="PATTERN", help=f"Only this firmware; {_PATTERN}.")
]
KindOption = Annotated[str | None, typer.Option("--kind", metavar="ID", help="Only this kind: camera, recorder …")]
AtSiteOption = Annotated[
    str | None, typer.Option("--site", metavar="PATTERN", help="Only those of this site (see `scan --site`).")
]
SeenSinceOption = Annotated[
    str | None, typer.Option("--seen-since", metavar="DATE", help="Only those seen on this day or later.")
]
GoneOption = Annotated[
    bool, typer.Option("--gone", help="Those that were looked for in vain, not those that are there.")
]
UnapprovedOption = Annotated[
    bool, typer.Option("--unapproved", help="Only those of which nobody has said that they may be there.")
]
TagOption = Annotated[
    list[str] | None, typer.Option("--tag", metavar="TAG", help="Only those with this tag. Repeatable: with all.")
]


def filter_of(
    *,
    vendor: str | None = None,
    brand: str | None = None,
    model: str | None = None,
    firmware: str | None = None,
    kind: str | None = None,
    site: str | None = None,
    seen_since: str | None = None,
    gone: bool = False,
    unapproved: bool = False,
    tags: Sequence[str] | None = None,
) -> "Filter":
    """The devices that are wanted. Raises `UsageError` for a day that is none."""
    from camscan.cli.register import moment_of
    from camscan.inventory.listing import Filter

    wanted = {"vendor": vendor, "brand": brand, "model": model, "firmware": firmware, "kind": kind, "site": site}
    return Filter(
        values={name: pattern for name, pattern in wanted.items() if pattern is not None},
        seen_since=None if seen_since is None else moment_of(seen_since, "--seen-since"),
        gone=gone,
        tags=tags or (),
        unapproved=unapproved,
    )
