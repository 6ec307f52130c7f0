"""`camscan reassess`: the data of today over the replies that the inventory keeps, without a packet."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from camscan.cli.chosen import chosen_by
from camscan.cli.diff import Form
from camscan.cli.options import (
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
    from camscan.inventory.reassess import Stored
    from camscan.inventory.store import Inventory
    from camscan.model import Device, ScanResult


def reassess(
    form: Annotated[Form, typer.Option("--format", "-f", help="Form of what changed.")] = Form.TABLE,
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
    from camscan.cli.diff import compared, deliver
    from camscan.cli.ending import Exit, say
    from camscan.cli.known import load_known
    from camscan.cli.output import Output
    from camscan.cli.register import inventory_at
    from camscan.report.diff import diff_summary

    known = load_known(fingerprints, chosen_by(policies, site))
    with Output(output) as destination, inventory_at(inventory) as opened:
        number = _reassess(opened, known)
        with opened.reading() as connection:
            comparison = compared(connection, str(number - 1), str(number))
        deliver(comparison, destination, form)
    if not quiet:
        say(f"judged anew as scan {number} in {opened.name}: {diff_summary(comparison)}")
    return Exit.DONE


def _reassess(inventory: "Inventory", known: "Known") -> int:
    """The number of the row in the register. Raises `UsageError` where no scan is recorded."""
    from camscan.cli.recording import entry_now
    from camscan.inventory.reassess import record_judged, stored
    from camscan.inventory.scans import find_scan

    entry = entry_now("reassess")
    with inventory.reading() as connection:
        last = find_scan(connection, "last")
        judged = list(_judged(list(stored(connection)), known))
    result = _nothing_heard(known, f"reassess-{last.number + 1}")
    return record_judged(inventory, judged, replace(result, ended=entry.now), entry, last.number + 1)


def _judged(kept: "list[Stored]", known: "Known") -> Iterator[tuple[int, "Device"]]:
    """Each device as it is judged now. Where its replies are taken for several today, the one that most are of."""
    from camscan.assess.assess import assess
    from camscan.judge import noted

    around = _surroundings(kept)
    for one in kept:
        found = noted(one.replies, known.knowledge).result().devices
        if found:
            main = max(found, key=lambda device: len(device.observations))
            beside = replace(around, asked_ports=one.asked_ports)
            yield one.number, assess(main, known.assessment, beside)


def _surroundings(kept: "list[Stored]") -> "Surroundings":
    """What all of the replies together say about a device that it does not: who forwards a port to it."""
    from camscan.assess.exposure.surroundings import surroundings_of
    from camscan.identify.match import observe
    from camscan.protocols.registry import load_protocols

    told = (reply for one in kept for reply in one.replies if reply.protocol == GATEWAYS)
    return surroundings_of((observe(reply, load_protocols()) for reply in told), None)


def _nothing_heard(known: "Known", name: str) -> "ScanResult":
    """A result that says by which data it was judged, and nothing else."""
    from camscan.judge import judge

    return judge((), known.knowledge, scan_id=name, known=known.assessment)
