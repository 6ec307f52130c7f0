"""The messages about what scans changed, until somebody has taken them: written in the transaction of the scan, so that
neither a crash nor a mail server that is down loses one.

Rule: who sends one has claimed it, so that no two runs send the same. A run that dies between sending and marking
leaves its claim, and when that is over the message goes out again: by its key the copy can be told.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.engine import Connection

from camscan.change import Notice
from camscan.inventory.numbers import add, numbers_after
from camscan.inventory.tables import notice

DAY = 86_400.0  # seconds
KEPT = 30 * DAY  # after it was sent; whoever asks what was sent asks soon
GIVEN_UP = 14 * DAY  # after it was written; news of a fortnight ago are none
CLAIM_SECONDS = 300.0  # a message takes half a minute at most, and is claimed anew for each try


def queue(connection: Connection, notices: Iterable[Notice]) -> None:
    """To be sent."""
    numbers = numbers_after(connection, notice.c.id)
    rows = [
        {
            "id": next(numbers),
            "key": one.key,
            "scan": one.scan,
            "target": one.target,
            "subject": one.subject,
            "body": one.body,
            "queued": one.queued,
            "tries": one.tries,
            "claimed": None,
            "sent": None,
        }
        for one in notices
    ]
    add(connection, notice, rows)


def waiting(connection: Connection) -> list[Notice]:
    """All that nobody has taken yet, the oldest first."""
    columns = notice.c
    query = select(notice).where(columns.sent.is_(None)).order_by(columns.id)
    return [
        Notice(
            key=row.key,
            scan=row.scan,
            target=row.target,
            subject=row.subject,
            body=row.body,
            queued=row.queued,
            tries=row.tries,
        )
        for row in connection.execute(query)
    ]


def claim(connection: Connection, key: str, now: float) -> bool:
    """Whether it may be sent now, by whoever asks; until it is given back, or for a while, by nobody else."""
    columns = notice.c
    free = or_(columns.claimed.is_(None), columns.claimed < now - CLAIM_SECONDS)
    made = update(notice).where(columns.key == key, columns.sent.is_(None), free)
    return connection.execute(made.values(claimed=now, tries=columns.tries + 1)).rowcount == 1


def mark_sent(connection: Connection, key: str, now: float) -> None:
    """The other side has taken it."""
    connection.execute(update(notice).where(notice.c.key == key).values(sent=now, claimed=None))


def give_back(connection: Connection, key: str) -> None:
    """It was not taken, and waits for the next."""
    connection.execute(update(notice).where(notice.c.key == key).values(claimed=None))


def forget_old(connection: Connection, now: float) -> Sequence[str]:
    """Deletes what was sent long ago, and what never could be; the targets of these."""
    columns = notice.c
    hopeless: ColumnElement[bool] = and_(columns.sent.is_(None), columns.queued < now - GIVEN_UP)
    targets = list(connection.execute(select(columns.target).where(hopeless)).scalars())
    connection.execute(delete(notice).where(or_(hopeless, columns.sent < now - KEPT)))
    return targets
