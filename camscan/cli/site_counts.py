"""What `camscan sites` counts: which devices are to go, since when, and which places are wanted."""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple, cast

from camscan.errors import UsageError

if TYPE_CHECKING:
    from camscan.inventory.sites import Goal
    from camscan.inventory.store import Transaction
    from camscan.place import Location
    from camscan.register import ScanEntry
    from camscan.removal import Level, Progress, Said, SiteCount

MAKERS = ("hikvision", "dahua")
FIRST = "first"  # the scan that everything since counts from, unless another is named
MONTH = len("2026-11")


class Wanted(NamedTuple):
    """Which places, and at which level; `today` is what days are counted from."""

    by: str | None
    district: str | None
    site: str | None
    sensitive: bool
    overdue: bool
    today: date


def goal_of(connection: "Transaction", vendors: Sequence[str] | None, policy: str | None, since: str) -> "Goal":
    """Which devices are to go. Raises `UsageError` for a scan, maker or policy that nobody knows."""
    from camscan.cli.chosen import known_policies, known_policy
    from camscan.cli.data import data_directory
    from camscan.identify.vocabulary import load_vocabulary
    from camscan.inventory.sites import Goal

    if policy is not None:
        if vendors:
            raise UsageError("--vendor and --policy do not go together")
        known_policy(policy, known_policies(None))
    if vendors:
        makers = load_vocabulary(data_directory() / "vendors.toml").makers
        for unknown in [name for name in vendors if name not in makers]:
            raise UsageError(f"--vendor {unknown}: no maker of that id")
    return Goal(makers=tuple(vendors or MAKERS), policy=policy, start=_start(connection, since))


def _start(connection: "Transaction", word: str) -> int:
    """The scan from which removal counts; of a day before all scans, the first."""
    from camscan.cli.register import moment_of
    from camscan.inventory.scans import all_scans, find_scan

    scans = all_scans(connection)
    if word == FIRST or not scans:
        return 1
    if len(word) >= MONTH and word[:1].isdecimal() and moment_of(word, "--since") < min(one.time for one in scans):
        return 1
    return find_scan(connection, word).number


def counted(connection: "Transaction", goal: "Goal", wanted: Wanted) -> "list[SiteCount]":
    """The places that are wanted, with what is there and what the owner says of them."""
    from camscan.inventory.pruned import in_places, pruned
    from camscan.inventory.site_tree import site_tree
    from camscan.inventory.sites import counts

    said = said_of_places(connection)
    sums = in_places(counts(connection, goal, now=time.time()), pruned(connection, goal), said)
    found = {where: some for where, some in sums.items() if _is_wanted(where, wanted)}
    rows = site_tree(found, _only_wanted(said, wanted), cast("Level | None", wanted.by))
    return [
        one
        for one in rows
        if (not wanted.sensitive or one.said.sensitive) and (not wanted.overdue or one.is_overdue(wanted.today))
    ]


def said_of_places(connection: "Transaction") -> "dict[Location, Said]":
    """What the owner says of each place."""
    from camscan.cli.kept_sites import location_of, sites_in
    from camscan.removal import Said

    return {location_of(one): Said(sensitive=one.sensitive, remove_by=one.remove_by) for one in sites_in(connection)}


def say_uncounted(connection: "Transaction", goal: "Goal") -> None:
    """One line on stderr where devices were pruned of which nobody knows whether they were to go."""
    from camscan.cli.ending import say
    from camscan.inventory.pruned import uncounted

    if number := uncounted(connection, goal):
        say(f"not counted: {number:,} pruned, of which nobody knows any more whether {goal.policy} covered them")


def _only_wanted(said: "Mapping[Location, Said]", wanted: Wanted) -> "dict[Location, Said]":
    return {where: words for where, words in said.items() if _is_wanted(where, wanted)}


def _is_wanted(where: "Location", wanted: Wanted) -> bool:
    return _fits(where.district, wanted.district) and _fits(where.site, wanted.site)


def _fits(value: str | None, pattern: str | None) -> bool:
    """Whether the value is meant; in a pattern only * is special, and upper and lower case are one."""
    if pattern is None:
        return True
    literal = pattern.casefold().replace("[", "[[]").replace("?", "[?]")
    return value is not None and fnmatchcase(value.casefold(), literal)


def series(connection: "Transaction", goal: "Goal", every: str, site: str | None) -> "list[Progress]":
    """Removal after each scan, or after the last one of each month, from the start on."""
    from camscan.inventory.progress import progress

    points = _points(connection, goal, every)
    return [one for one in progress(connection, goal, points, now=time.time()) if _fits(one.site, site)]


def left_out(connection: "Transaction", goal: "Goal", every: str) -> str | None:
    """Which of these points the series does not tell, in a sentence."""
    from camscan.inventory.scans import kept_from

    first = kept_from(connection)
    points = sum(1 for one in _points(connection, goal, every) if one.number < first)
    if not points:
        return None
    return f"which scan saw whom before scan {first} was pruned; {every}s that are left out: {points:,}"


def _points(connection: "Transaction", goal: "Goal", every: str) -> "Sequence[ScanEntry]":
    from camscan.inventory.scans import all_scans

    scans = [one for one in all_scans(connection) if one.number >= goal.start and one.kind != "reassess"]
    return scans if every == "scan" else _last_of_months(scans)


def _last_of_months(scans: "Sequence[ScanEntry]") -> "list[ScanEntry]":
    """The last one of each calendar month (UTC)."""
    last = {f"{datetime.fromtimestamp(one.time, UTC):%Y-%m}": one for one in scans}
    return sorted(last.values(), key=lambda one: one.number)
