"""Messages about what a scan changed: queued with its record, and sent when the result has been delivered.

Each is taken by the other side once: what a run could not send the next one does, after as many tries as one run has.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING

from camscan.cli.ending import say
from camscan.cli.notice_file import Target
from camscan.errors import CamscanError

if TYPE_CHECKING:
    from camscan.change import Comparison, Notice
    from camscan.inventory.place import Place
    from camscan.inventory.store import Inventory, Transaction

WAITS = (2.0, 8.0)  # seconds between the tries of one run: a server that is restarted is back, and a run stays bounded


def queue_for(targets: Sequence[Target], connection: "Transaction", changes: "Comparison") -> None:
    """A message for each target to whom something is of interest, in the transaction of the record."""
    from camscan.inventory.notices import queue

    queue(connection, _notices(targets, changes))


def _notices(targets: Sequence[Target], changes: "Comparison") -> "Iterator[Notice]":
    from camscan.change import Notice
    from camscan.report import message

    scan = changes.after
    for target in targets:
        told = message.of_interest(changes, target.events, target.severity)
        if not told.changes:
            continue
        key = sha256(f"{scan.id}|{scan.number}|{scan.recorded}|{target.name}".encode()).hexdigest()[:32]
        yield Notice(
            key=key,
            scan=scan.number,
            target=target.name,
            subject=message.subject(told),
            body=message.body(told, key),
            queued=scan.recorded,
        )


def send_waiting(targets: Sequence[Target], place: "Place", pause: Callable[[float], None] = time.sleep) -> int:
    """Sends what is waiting for these targets, also from earlier runs; how many messages still wait for them. Whatever
    goes wrong is a line, and the next run's affair."""
    from camscan.inventory.notices import forget_old, waiting
    from camscan.inventory.store import opened

    left = 0
    try:
        with opened(place) as inventory:
            with inventory.writing() as connection:
                lost = forget_old(connection, time.time())
                notices = sorted(waiting(connection), key=lambda one: one.target)
            for name in dict.fromkeys(lost):
                say(f"notify {name}: {_counted(lost.count(name))} could not be sent for a fortnight, and is given up")
            for name, group in groupby(notices, key=lambda one: one.target):
                target = next((one for one in targets if one.name == name), None)
                left += _send_to(target, list(group), inventory, pause) if target else 0
    except CamscanError as error:
        say(f"notify: {error}")
    return left


def _send_to(
    target: Target, notices: "Sequence[Notice]", inventory: "Inventory", pause: Callable[[float], None]
) -> int:
    """One after the other, until the first that is not taken."""
    for position, notice in enumerate(notices):
        reason = _send(target, notice, inventory, pause)
        if reason is not None:
            left = len(notices) - position
            say(f"notify {target.name}: {reason}; {_counted(left)} for the next run")
            return left
    return 0


def _counted(count: int) -> str:
    return "1 message" if count == 1 else f"{count:,} messages"


def _send(target: Target, notice: "Notice", inventory: "Inventory", pause: Callable[[float], None]) -> str | None:
    """None once it was taken, or where another run has it; else why it was not."""
    from camscan.inventory.notices import claim, give_back, mark_sent

    reason: str | None = None
    for wait in (0.0, *WAITS):
        pause(wait)
        with inventory.writing() as connection:
            if not claim(connection, notice.key, time.time()):
                return None
        reason = target.messenger.send(notice.subject, notice.body, notice.key)
        with inventory.writing() as connection:
            if reason is None:
                mark_sent(connection, notice.key, time.time())
                return None
            give_back(connection, notice.key)
    return reason
