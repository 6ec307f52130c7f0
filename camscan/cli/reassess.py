"""`camscan reassess`: the data of today over the replies that the inventory keeps, without a packet."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from camscan.cli.chosen import chosen_by
from camscan.cli.formats import Format
from camscan.cli.options import (
    ChangesFormatOption,
    FingerprintsOption,
    InventoryOption,
    OutputOption,
    PolicyOption,
    QuietOption,
    SiteOption,
)

GATEWAYS = "upnp"  # the protocol in which a gateway tells what it forwards

if TYPE_CHECKING:
    from camscan.assess.exposure.case import Surroundings
    from camscan.cli.known import Known
    from camscan.inventory.facts import Facts
    from camscan.inventory.reassess import Stored
    from camscan.inventory.store import Inventory
    from camscan.model import Reply, ScanResult


def reassess(
    form: ChangesFormatOption = Format.TABLE,
    output: OutputOption = None,
    quiet: QuietOption = False,
    policies: PolicyOption = None,
    site: SiteOption = None,
    fingerprints: FingerprintsOption = None,
    inventory: InventoryOption = None,
) -> int:
    """Judge the replies that the inventory keeps by the data of today, and tell what that changed. Sends nothing.

    After `camscan update`: who is affected by an advisory that was not known at the last scan.

    \b
    camscan update --from data.tar && camscan reassess

    Exit codes: 0 done, 2 usage, 4 could not run.
    """
    from camscan.cli.diff import compared
    from camscan.cli.ending import Exit, say
    from camscan.cli.formats import render_changes, screen
    from camscan.cli.known import load_known
    from camscan.cli.output import Output
    from camscan.cli.register import inventory_at
    from camscan.report.diff import diff_summary

    known = load_known(fingerprints, chosen_by(policies, site))
    with Output(output) as destination, inventory_at(inventory, quiet=quiet) as opened:
        number = _reassess(opened, known)
        with opened.reading() as connection:
            comparison = compared(connection, str(number - 1), str(number))
        destination.write(render_changes(comparison, form, screen(destination.is_stdout)))
    if not quiet:
        say(f"judged anew as scan {number} in {opened.name}: {diff_summary(comparison)}")
    return Exit.DONE


def _reassess(inventory: "Inventory", known: "Known") -> int:
    """The number of the row in the register. Raises `UsageError` where no scan is recorded."""
    from camscan.cli.recording import entry_now
    from camscan.inventory.reassess import record_judged, stored
    from camscan.inventory.replies import last_words
    from camscan.inventory.scans import find_scan

    entry = entry_now("reassess")
    with inventory.reading() as connection:
        last = find_scan(connection, "last")
        around = _surroundings(last_words(connection, GATEWAYS))
        judged = {one.number: made for one in stored(connection) if (made := _judged(one, known, around)) is not None}
    result = _nothing_heard(known, f"reassess-{last.number + 1}")
    return record_judged(inventory, judged, replace(result, ended=entry.now), entry, last.number + 1)


def _judged(one: "Stored", known: "Known", around: "Surroundings") -> "Facts | None":
    """What is said of a device now. Where its replies are taken for several today, of the one that most are of."""
    from camscan.assess.assess import assess
    from camscan.inventory.facts import facts_of
    from camscan.judge import noted

    found = noted(one.replies, known.knowledge).result().devices
    if not found:
        return None
    main = max(found, key=lambda device: len(device.observations))
    return facts_of(assess(main, known.assessment, replace(around, asked_ports=one.asked_ports)))


def _surroundings(told: "Iterable[Reply]") -> "Surroundings":
    """What gateways say about other devices: who forwards a port to them."""
    from camscan.assess.exposure.surroundings import surroundings_of
    from camscan.identify.match import observe
    from camscan.protocols.registry import load_protocols

    return surroundings_of((observe(reply, load_protocols()) for reply in told), None)


def _nothing_heard(known: "Known", name: str) -> "ScanResult":
    """A result that says by which data it was judged, and nothing else."""
    from camscan.judge import judge

    return judge((), known.knowledge, scan_id=name, known=known.assessment)
