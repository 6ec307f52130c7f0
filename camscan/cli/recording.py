"""Puts a result into the inventory, and beside it what is known there. Whatever goes wrong is one line, and the result
is delivered all the same.
"""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from camscan.cli.ending import note, say
from camscan.errors import CamscanError, UsageError
from camscan.separation import TOGETHER

if TYPE_CHECKING:
    from camscan.change import Comparison
    from camscan.inventory.place import Place
    from camscan.inventory.scan_row import Entry
    from camscan.inventory.store import Inventory, Transaction
    from camscan.model import ScanResult
    from camscan.register import Kind

    Queue = Callable[[Transaction, Comparison], None]


class Recorder:
    """Where a result is going to be recorded, made ready before the first packet. `place` None: nowhere, because the
    user wants none. `choices` names the options by which he chooses. A place that the user named and that
    cannot be used raises; the usual one is done without, which is said, and `failed`. `separation` is what its owner
    says of addresses that are not one device. With `compare`, `changes` says what the record changed, once there is
    one, and `queue` writes of it in the same transaction."""

    def __init__(
        self,
        place: "Place | None",
        *,
        choices: str = "--inventory names another place",
        quiet: bool = False,
        compare: bool = False,
        queue: "Queue | None" = None,
    ) -> None:
        self._place = place
        self._choices = choices
        self._quiet = quiet
        self._compare = compare
        self._queue = queue
        self.failed = False
        self.separation = TOGETHER
        self.changes: Comparison | None = None
        if place is not None:
            self._try(place)

    @property
    def place(self) -> "Place | None":
        """Where it is going to be recorded."""
        return self._place

    def _try(self, place: "Place") -> None:
        from camscan.inventory.groups import separation
        from camscan.inventory.place import warning_about
        from camscan.inventory.store import opened

        try:
            with opened(place, create=True) as inventory, inventory.reading() as connection:
                self.separation = separation(connection)
                if not self._quiet and (warning := warning_about(place)):
                    say(warning)
        except CamscanError as error:
            if place.named:
                raise
            self._fail(error)

    def _fail(self, error: CamscanError) -> None:
        say(f"{error}; not recorded ({self._choices})")
        self._place, self.changes, self.failed = None, None, True

    def record(self, result: "ScanResult", kind: "Kind", *, placed: bool = False) -> "ScanResult":
        """Records the result, if it is to be, and returns it with what the inventory knows of its devices; where that
        fails it says so, and `failed`. `placed`: it was held against sites."""
        if self._place is None:
            return result
        from camscan.inventory.store import opened

        try:
            with opened(self._place, create=True) as inventory:
                number, known = self._recorded(inventory, result, replace(entry_now(kind), placed=placed))
        except CamscanError as error:
            self._fail(error)
            return result
        if not self._quiet:
            note(f"recorded as scan {number} in {inventory.name}")
        return known

    def _recorded(self, inventory: "Inventory", result: "ScanResult", entry: "Entry") -> "tuple[int, ScanResult]":
        """The number of the scan, and the result beside what the owner has decided, with what is left to do then."""
        from camscan.assess.priorities import actions
        from camscan.inventory.annotate import annotated
        from camscan.inventory.record import record

        made = record(inventory, result, entry, self._look if self._compare else None)
        with inventory.reading() as connection:
            known = annotated(connection, result, made.devices, entry.now)
        return made.scan, replace(known, actions=actions(known.devices))

    def _look(self, connection: "Transaction", number: int, is_new: bool) -> None:
        from camscan.inventory.diff import changes_of

        self.changes = changes_of(connection, number)
        if self._queue is not None and is_new:
            self._queue(connection, self.changes)


def scan_recorder(
    wanted: str | None,
    record: bool,
    environment: Mapping[str, str] = os.environ,
    *,
    quiet: bool = False,
    needed_by: Sequence[str] = (),
    compare: bool = False,
    queue: "Queue | None" = None,
) -> Recorder:
    """The recorder that the options of a scan ask for; those of `needed_by` do not go without what the record changed,
    with `compare` it is said where there is one. Raises `CamscanError` for a place that cannot be used."""
    if not record:
        _refuse_without(("--inventory",) if wanted is not None else needed_by)
        return Recorder(None)
    from camscan.inventory.place import find_place

    choices = "--inventory names another place, --no-record none"
    place, compare = find_place(wanted, environment), compare or bool(needed_by)
    return Recorder(place, choices=choices, quiet=quiet, compare=compare, queue=queue)


def _refuse_without(options: Sequence[str]) -> None:
    if options:
        raise UsageError(f"--no-record and {options[0]} do not go together")


def replay_recorder(
    wanted: str | None, record: bool, *, quiet: bool = False, needed_by: Sequence[str] = ()
) -> Recorder:
    """The same for a replay, which is recorded only when asked."""
    if not record:
        for option in ("--inventory",) if wanted is not None else needed_by:
            raise UsageError(f"{option}: a replay is recorded only with --record")
        return Recorder(None)
    from camscan.inventory.place import find_place

    return Recorder(find_place(wanted), quiet=quiet, compare=bool(needed_by))


def entry_now(kind: "Kind") -> "Entry":
    """What is recorded beside a result, at this moment."""
    import camscan
    from camscan.identify.correlate import is_placeholder
    from camscan.identify.sameness import same_value
    from camscan.inventory.scan_row import Entry

    return Entry(
        kind=kind,
        now=time.time(),
        tool_version=camscan.__version__,
        same_value=same_value,
        is_placeholder=is_placeholder,
    )
