"""Puts a result into the inventory, and beside it what is known there. Whatever goes wrong is one line, and the result
is delivered all the same.
"""

import os
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from camscan.cli.ending import say
from camscan.errors import CamscanError, UsageError
from camscan.separation import TOGETHER

if TYPE_CHECKING:
    from camscan.inventory.place import Place
    from camscan.inventory.scan_row import Entry
    from camscan.inventory.store import Inventory
    from camscan.model import ScanResult
    from camscan.register import Kind


class Recorder:
    """Where a result is going to be recorded, made ready before the first packet. `place` None: nowhere, because the
    user wants none. `choices` names the options by which he chooses. A place that the user named and that
    cannot be used raises; the usual one is done without, which is said, and `failed`. `separation` is what its owner
    says of addresses that are not one device."""

    def __init__(
        self, place: "Place | None", *, choices: str = "--inventory names another place", quiet: bool = False
    ) -> None:
        self._place = place
        self._choices = choices
        self._quiet = quiet
        self.failed = False
        self.separation = TOGETHER
        if place is not None:
            self._try(place)

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
        self._place, self.failed = None, True

    def record(self, result: "ScanResult", kind: "Kind", *, placed: bool = False) -> "ScanResult":
        """Records the result, if it is to be, and returns it with what the inventory knows of its devices; where that
        fails it says so, and `failed`. `placed`: it was held against sites."""
        if self._place is None:
            return result
        from camscan.inventory.store import opened

        try:
            with opened(self._place, create=True) as inventory:
                number, known = _recorded(inventory, result, replace(entry_now(kind), placed=placed))
        except CamscanError as error:
            self._fail(error)
            return result
        if not self._quiet:
            say(f"recorded as scan {number} in {inventory.name}")
        return known


def _recorded(inventory: "Inventory", result: "ScanResult", entry: "Entry") -> "tuple[int, ScanResult]":
    """The number of the scan, and the result beside what the owner has decided, with what is left to do then."""
    from camscan.assess.priorities import actions
    from camscan.inventory.annotate import annotated
    from camscan.inventory.record import record

    made = record(inventory, result, entry)
    with inventory.reading() as connection:
        known = annotated(connection, result, made.devices, entry.now)
    return made.scan, replace(known, actions=actions(known.devices))


def scan_recorder(
    wanted: str | None, record: bool, environment: Mapping[str, str] = os.environ, *, quiet: bool = False
) -> Recorder:
    """The recorder that the options of a scan ask for. Raises `CamscanError` for a place that cannot be used."""
    if not record:
        if wanted is not None:
            raise UsageError("--no-record and --inventory do not go together")
        return Recorder(None)
    from camscan.inventory.place import find_place

    choices = "--inventory names another place, --no-record none"
    return Recorder(find_place(wanted, environment), choices=choices, quiet=quiet)


def replay_recorder(wanted: str | None, record: bool, *, quiet: bool = False) -> Recorder:
    """The same for a replay, which is recorded only when asked."""
    if not record:
        if wanted is not None:
            raise UsageError("--inventory: a replay is recorded only with --record")
        return Recorder(None)
    from camscan.inventory.place import find_place

    return Recorder(find_place(wanted), quiet=quiet)


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
