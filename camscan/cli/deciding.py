"""What the commands share by which an owner says something of a device: who says it, why, and until when it holds."""

import getpass
import os
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from camscan.errors import UsageError

if TYPE_CHECKING:
    from camscan.decision import DecisionKind
    from camscan.inventory.decisions import Word
    from camscan.inventory.store import Inventory

EVERY = "all"
"""What stands for every device of the inventory, those to come included."""

_DAY = 86_400.0  # seconds
_LAST_MOMENT = datetime(9999, 12, 31, tzinfo=UTC).timestamp()

DevicesArgument = Annotated[
    list[str], typer.Argument(metavar="DEVICE…", help="An id of `camscan devices`, an address, a serial or a MAC.")
]
DeviceArgument = Annotated[
    str, typer.Argument(metavar="DEVICE", help="An id of `camscan devices`, an address, a serial or a MAC.")
]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for those who read it later.")]
WhoOption = Annotated[
    str | None, typer.Option("--who", metavar="NAME", help="Who decides; without it, the user of this machine.")
]
UntilOption = Annotated[
    str | None,
    typer.Option("--until", metavar="DATE", help="The last day on which it holds (UTC); without it, for ever."),
]


def word_of(
    who: str | None, reason: str, until: str | None = None, environment: Mapping[str, str] = os.environ
) -> "Word":
    """What is said, at this moment. Raises `UsageError` for a day that is none, or over, and for a text too long."""
    from camscan.inventory.decisions import TEXT_LIMIT, Word

    now = time.time()
    name = _user(environment) if who is None else who.strip()
    if not name:
        raise UsageError("--who: nobody")
    refuse_long("--who", name)
    if len(reason) > TEXT_LIMIT:
        raise UsageError(f"a text of {len(reason):,} characters; {TEXT_LIMIT:,} are kept, name the document instead")
    return Word(who=name, made=now, reason=reason.strip(), expires=None if until is None else _end_of(until, now))


def refuse_long(option: str, name: str) -> None:
    """Raises `UsageError` for a name that the inventory would cut: a place or a person of that name is another one."""
    from camscan.inventory.facts import VALUE_LIMIT

    if len(name) > VALUE_LIMIT:
        raise UsageError(f"{option}: a name of {len(name):,} characters; {VALUE_LIMIT:,} are kept")


def _user(environment: Mapping[str, str]) -> str:
    """Who calls this, behind sudo too; in a container a user may have no name."""
    try:
        return environment.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _end_of(until: str, now: float) -> float:
    """The last second of a day, or a moment."""
    from camscan.cli.register import moment_of

    end = moment_of(until, "--until") + (_DAY - 1 if len(until) <= len("2026-11-30") else 0)
    if end <= now:
        raise UsageError(f"--until {until}: that is over")
    if end > _LAST_MOMENT:
        raise UsageError(f"--until {until}: beyond all calendars; without --until it holds for ever")
    return end


def decided(
    inventory: "Inventory",
    kind: "DecisionKind",
    devices: list[str],
    word: "Word",
    subjects: tuple[str | None, ...] = (None,),
    *,
    quiet: bool = False,
) -> None:
    """Writes it for all of these devices, or for none; says the numbers by which it can be withdrawn. EVERY stands for
    all devices where the kind is ignore. Raises `UsageError` for a device that is not known, or not the only one of
    that name."""
    from camscan.inventory.decisions import decide
    from camscan.inventory.lookup import the_one

    with inventory.writing() as connection:
        everybody = kind == "ignore" and devices == [EVERY]
        found = [None] if everybody else list(dict.fromkeys(the_one(connection, one) for one in devices))
        numbers = decide(connection, kind, found, subjects, word)
    if not quiet:
        say_decided(numbers, word, inventory)


def say_decided(numbers: Sequence[int], word: "Word", inventory: "Inventory") -> None:
    """What was written, by whom, and how it is taken back."""
    from camscan.cli.ending import say

    shown = f"decision {numbers[0]}" if len(numbers) == 1 else f"decisions {numbers[0]} to {numbers[-1]}"
    say(f"{shown}, by {word.who}, in {inventory.name}; `camscan withdraw` takes it back")
