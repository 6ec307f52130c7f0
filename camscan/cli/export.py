"""`camscan export`: the inventory in the forms of other programs."""

import time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from camscan.cli.filtering import (
    AtSiteOption,
    BrandOption,
    FirmwareOption,
    GoneOption,
    KindOption,
    ModelOption,
    SeenSinceOption,
    TagOption,
    UnapprovedOption,
    VendorOption,
    filter_of,
)
from camscan.cli.options import InventoryOption, OutputOption
from camscan.cli.redaction import RedactOption
from camscan.errors import CannotRunError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camscan.cli.output import Text
    from camscan.inventory.listing import Filter
    from camscan.inventory.store import Transaction
    from camscan.report.export.material import Material


class Form(StrEnum):
    """What `--format` takes here: the names in `report/export/formats.py`, which a completion must not have to load."""

    CSV = "csv"
    JSONL = "jsonl"
    CYCLONEDX = "cyclonedx"
    SYSLOG = "syslog"
    MARKDOWN = "markdown"
    NETBOX_SITES = "netbox-sites"
    NETBOX_MANUFACTURERS = "netbox-manufacturers"
    NETBOX_ROLES = "netbox-roles"
    NETBOX_DEVICE_TYPES = "netbox-device-types"
    NETBOX = "netbox"
    NETBOX_INTERFACES = "netbox-interfaces"
    NETBOX_MAC_ADDRESSES = "netbox-mac-addresses"
    NETBOX_IP_ADDRESSES = "netbox-ip-addresses"


def export(
    form: Annotated[Form | None, typer.Option("--format", "-f", metavar="FORMAT", help="Which; see --list.")] = None,
    every: Annotated[
        bool, typer.Option("--list", help="Tell of each format what it is for, its standard and its fields.")
    ] = False,
    vendor: VendorOption = None,
    brand: BrandOption = None,
    model: ModelOption = None,
    firmware: FirmwareOption = None,
    kind: KindOption = None,
    site: AtSiteOption = None,
    seen_since: SeenSinceOption = None,
    gone: GoneOption = False,
    unapproved: UnapprovedOption = False,
    tags: TagOption = None,
    redact: RedactOption = False,
    output: OutputOption = None,
    inventory: InventoryOption = None,
) -> None:
    """Write the inventory for another program: a spreadsheet, NetBox, SBOM tools, a SIEM, a wiki. Sends nothing.

    The same inventory gives the same bytes. What camscan does not know is left empty.

    \b
    camscan export --list
    camscan export --format cyclonedx --output cameras.cdx.json
    camscan export --format netbox --site 'Town hall' --output devices.csv
    camscan export --format markdown --unapproved --output ticket.md
    camscan export --format csv --redact --output public.csv

    Exit codes: 0 done, 2 usage, 4 could not run.
    """
    from camscan.cli.output import Output
    from camscan.cli.register import reading
    from camscan.report.export.formats import as_format_list

    with Output(output) as destination:
        if every:
            destination.write(as_format_list())
            return
        if form is None:
            raise UsageError("--format is missing; `camscan export --list` tells which there are")
        chosen = filter_of(
            vendor=vendor, brand=brand, model=model, firmware=firmware, kind=kind, site=site, seen_since=seen_since,
            gone=gone, unapproved=unapproved, tags=tags,
        )  # fmt: skip
        with reading(inventory) as connection:
            material = _material(connection, chosen)
        destination.write(_redacted(form, material) if redact else _rendered(form, material))


def _redacted(form: Form, material: "Material") -> str:
    from camscan.cli.redaction import checked, words
    from camscan.report.redaction.redact import redacted_material

    made = redacted_material(material, words())
    return checked(_rendered(form, made.material), made.check)


def _rendered(form: Form, material: "Material") -> "Text":
    from camscan.report.export.formats import FORMATS

    try:
        return FORMATS[form].render(material)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "cyclonedx":
            raise
        raise CannotRunError(f"--format {form} needs a library: pip install 'camscan[cyclonedx]'") from None


def _material(connection: "Transaction", chosen: "Filter") -> "Material":
    import camscan
    from camscan.inventory.listing import listed
    from camscan.inventory.scans import all_scans
    from camscan.inventory.standing import units
    from camscan.report.devices import COLUMNS, ordered
    from camscan.report.export.material import Material

    now = time.time()
    scans = all_scans(connection)
    return Material(
        units=units(connection, ordered(listed(connection, chosen, COLUMNS, now=now)), now=now),
        time=scans[-1].time if scans else None,
        tool_version=camscan.__version__,
        data=next((one.data for one in reversed(scans) if one.data), {}),
        names=_names(),
    )


def _names() -> "Mapping[str, str]":
    """How makers and brands are written, by id."""
    from camscan.cli.data import data_directory
    from camscan.identify.vocabulary import load_vocabulary

    vocabulary = load_vocabulary(data_directory() / "vendors.toml")
    return {one.id: one.name for one in vocabulary.brands.values()}
