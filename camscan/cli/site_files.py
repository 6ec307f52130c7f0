"""`camscan sites use|show`: the site file that the inventory holds."""

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from camscan.cli.chosen import Chosen, chosen_sites, known_policies
from camscan.cli.options import InventoryOption, OutputOption, QuietOption
from camscan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camscan.assess.site import Site
    from camscan.inventory.store import Inventory


class SitesForm(StrEnum):
    """What `--format` takes here."""

    TABLE = "table"
    TOML = "toml"


def use(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="The site file (docs/sites.md).")] = None,
    none: Annotated[bool, typer.Option("--none", help="Hold no sites any more.")] = False,
    quiet: QuietOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Keep a site file in the inventory, and put the devices where it says. Sends nothing.

    Scans, `replay --record` and `reassess` go by it from now on, unless --site names another file for this one time.
    Devices that were put somewhere by hand (`camscan locate`) stay there. Policies are judged by it at the next scan or
    `camscan reassess`.

    \b
    camscan sites use sites.toml
    camscan sites use --none

    Exit codes: 0 done, 2 usage, 4 could not run.
    """
    from camscan.cli.ending import say
    from camscan.datafile import read_data
    from camscan.inventory.place import find_place
    from camscan.inventory.store import opened

    if (file is None) != none:
        raise UsageError("sites use: a FILE, or --none")
    text = None if file is None else read_data(file)
    sites = () if file is None else chosen_sites(Chosen(site=file), known_policies(None))
    with opened(find_place(inventory), create=not none) as store:
        moved, number = _use(store, text, sites)
        if not quiet:
            said = f", recorded as scan {number}" if number else ""
            say(f"{_named(sites)} in {store.name}; devices that are elsewhere now: {moved:,}{said}")


def _use(store: "Inventory", text: str | None, sites: "Sequence[Site]") -> tuple[int, int | None]:
    from camscan.cli.kept_sites import place_of
    from camscan.cli.recording import entry_now
    from camscan.inventory.locations import keep_sites, place_all
    from camscan.inventory.scans import all_scans
    from camscan.model import ScanResult

    entry = replace(entry_now("reassess"), placed=True)
    result = ScanResult(
        id=f"sites-{entry.now:.0f}", started=None, ended=entry.now, scope=(), vantage=None, partial=False, devices=(),
        coverage=(), undecoded=(),
    )  # fmt: skip
    with store.writing() as connection:
        result = replace(result, data=next((one.data for one in reversed(all_scans(connection))), {}))
        keep_sites(connection, text)
        districts = {site.name: site.district for site in sites if site.name and site.district}
        return place_all(connection, place_of(sites), districts, result, entry)


def _named(sites: "Sequence[Site]") -> str:
    names = {site.name for site in sites}
    return f"{len(names):,} {'site' if len(names) == 1 else 'sites'}" if names else "no sites"


def show(
    form: Annotated[SitesForm, typer.Option("--format", "-f", help="toml: the file, as it was given.")] = (
        SitesForm.TABLE
    ),
    output: OutputOption = None,
    inventory: InventoryOption = None,
) -> None:
    """Show the sites that the inventory holds.

    \b
    camscan sites show
    camscan sites show --format toml --output sites.toml

    Exit codes: 0 done, 2 usage (it holds none), 4 could not run.
    """
    from camscan.cli.formats import screen
    from camscan.cli.kept_sites import sites_in
    from camscan.cli.output import Output
    from camscan.cli.register import reading
    from camscan.inventory.locations import kept_sites
    from camscan.report.site_list import as_site_list

    with Output(output) as destination, reading(inventory) as connection:
        text = kept_sites(connection)
        if text is None:
            raise UsageError("the inventory holds no sites; `camscan sites use FILE` gives it some")
        if form is SitesForm.TABLE:
            view = screen(destination.is_stdout)
            text = as_site_list(_rows(sites_in(connection)), terminal=view.terminal, width=view.width)
        destination.write(text)


def _rows(sites: "Sequence[Site]") -> "list[dict[str, str | None]]":
    """What stands in the table, column by column."""
    yes_no = {True: "yes", False: "no", None: None}
    return [
        {
            "district": site.district,
            "site": site.name,
            "building": site.building,
            "room": site.room,
            "networks": ", ".join(map(str, site.networks)) or (None if site.is_part else "all others"),
            "owner": site.owner,
            "contact": site.contact,
            "sensitive": yes_no[site.sensitive],
            "remove by": None if site.remove_by is None else str(site.remove_by),
            "vantage": site.vantage,
            "policies": ", ".join(site.policies) or None,
        }
        for site in sites
    ]
