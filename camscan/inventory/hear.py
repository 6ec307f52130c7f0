"""Who said what, since when, and from where it was heard: an observation is a run of its device, like a value."""

import json
from collections.abc import Mapping

from sqlalchemy import bindparam, update
from sqlalchemy.engine import Connection

from camscan.inventory.asked import Asked
from camscan.inventory.compared import Compared
from camscan.inventory.numbers import add, write
from camscan.inventory.tables import heard


def hear(
    connection: Connection, scan: int, compared: Mapping[int, Compared], asked: Asked, vantage: str | None
) -> None:
    """Who said what, from this scan on, and from where that was heard."""
    begun, again, ended, missed = [], [], [], []
    for number, one in compared.items():
        for row, vantages in one.heard_from(vantage).items():
            text = json.dumps(sorted(vantages))
            if row not in one.before.heard:
                begun.append({"device": number, "observation": row, "since": scan, "vantages": text, "missed": False})
            elif vantages != one.before.vantages[row] or row in one.before.missed:
                again.append({"owner": number, "row": row, "places": text})
        ended += [{"owner": number, "row": row, "scan": scan} for row in one.no_longer_heard()]
        missed += [{"owner": number, "row": row} for row in one.missed_first(asked)]
    add(connection, heard, begun)
    write(connection, _HEAR_AGAIN, again)
    write(connection, _MISS_HEARD, missed)
    write(connection, _END_HEARD, ended)


_HEAR_AGAIN = (
    update(heard)
    .where(heard.c.device == bindparam("owner"), heard.c.observation == bindparam("row"), heard.c.until.is_(None))
    .values(vantages=bindparam("places"), missed=False)
)
_MISS_HEARD = (
    update(heard)
    .where(heard.c.device == bindparam("owner"), heard.c.observation == bindparam("row"), heard.c.until.is_(None))
    .values(missed=True)
)
_END_HEARD = (
    update(heard)
    .where(heard.c.device == bindparam("owner"), heard.c.observation == bindparam("row"), heard.c.until.is_(None))
    .values(until=bindparam("scan"))
)
