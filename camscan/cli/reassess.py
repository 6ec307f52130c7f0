"""`camscan reassess`: the data of today over the replies that the inventory keeps, without a packet."""

from typing import TYPE_CHECKING

from camscan.cli.chosen import chosen_by
from camscan.cli.formats import Format
from camscan.cli.options import (
    ChangesFormatOption,
    FingerprintsOption,
    InventoryOption,
    NotifyOption,
    OutputOption,
    PolicyOption,
    QuietOption,
    SiteOption,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camscan.cli.known import Known
    from camscan.cli.notice_file import Target
    from camscan.inventory.store import Inventory, Transaction


def reassess(
    form: ChangesFormatOption = Format.TABLE,
    output: OutputOption = None,
    quiet: QuietOption = False,
    policies: PolicyOption = None,
    site: SiteOption = None,
    fingerprints: FingerprintsOption = None,
    notify: NotifyOption = None,
    inventory: InventoryOption = None,
) -> int:
    """Judge the replies that the inventory keeps by the data of today, and tell what that changed. Sends nothing.

    After `camscan update`: who is affected by an advisory that was not known at the last scan.

    \b
    camscan update --from data.tar && camscan reassess
    camscan reassess --quiet --output /dev/null --notify /etc/camscan/notify.toml

    Exit codes: 0 done, 2 usage, 4 could not run.
    """
    from camscan.cli.diff import compared
    from camscan.cli.ending import Exit, say
    from camscan.cli.formats import render_changes, screen
    from camscan.cli.kept_sites import with_kept_sites
    from camscan.cli.known import load_known
    from camscan.cli.notice_file import load_targets
    from camscan.cli.notifying import send_waiting
    from camscan.cli.output import Output, refuse_same_file
    from camscan.cli.register import inventory_at
    from camscan.report.diff import diff_summary

    refuse_same_file(output=output, notify=notify)
    targets = load_targets(notify) if notify else ()
    known = load_known(fingerprints, with_kept_sites(chosen_by(policies, site), inventory))
    with Output(output) as destination, inventory_at(inventory, quiet=quiet) as opened:
        number = _reassess(opened, known, targets)
        with opened.reading() as connection:
            comparison = compared(connection, str(number - 1), str(number))
        destination.write(render_changes(comparison, form, screen(destination.is_stdout)))
    if not quiet:
        say(f"judged anew as scan {number} in {opened.name}: {diff_summary(comparison)}")
    if targets:
        send_waiting(targets, opened.place)
    return Exit.DONE


def _reassess(inventory: "Inventory", known: "Known", targets: "Sequence[Target]") -> int:
    """The number of the row in the register; messages to the targets are queued with it. Raises `UsageError` where no
    scan is recorded."""
    from camscan.cli.notifying import queue_for
    from camscan.cli.recording import entry_now
    from camscan.cli.stored import judge_of_stored, nothing_heard
    from camscan.inventory.diff import changes_of
    from camscan.inventory.reassess import record_judged, stored
    from camscan.inventory.scans import find_scan

    entry = entry_now("reassess")
    with inventory.reading() as connection:
        last = find_scan(connection, "last")
        judge = judge_of_stored(connection, known)
        judged = {one.number: made for one in stored(connection) if (made := judge(one)) is not None}
    result = nothing_heard(known, f"reassess-{last.number + 1}", entry.now)

    def queue(connection: "Transaction", number: int) -> None:
        if targets:
            queue_for(targets, connection, changes_of(connection, number))

    return record_judged(inventory, judged, result, entry, last.number + 1, queue)
