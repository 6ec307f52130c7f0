"""Writes the edits of many devices at once, a statement for each table and kind of edit."""

import hashlib
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.engine import Connection

from camscan.inventory.facts import Key, Statement
from camscan.inventory.numbers import add, chunks, numbers_after, write
from camscan.inventory.runs import Begun, Edits
from camscan.inventory.tables import attribute, judgement, phrase


def amend(connection: Connection, scan: int, edits: Mapping[int, Edits]) -> None:
    """The edits, by the number of the device, as what `scan` knows."""
    _attributes(connection, scan, edits)
    _judgements(connection, scan, edits)


def end_runs(connection: Connection, scan: int, ids: Iterable[int]) -> None:
    """These runs of attributes hold until this scan."""
    write(connection, _END_ATTRIBUTE, [{"row": row, "scan": scan} for row in ids])


def _attributes(connection: Connection, scan: int, edits: Mapping[int, Edits]) -> None:
    end_runs(connection, scan, chain.from_iterable(made.end for made in edits.values()))
    told = chain.from_iterable(made.told for made in edits.values())
    write(connection, _TELL, [{"row": row, "text": value, "sure": sure} for row, value, sure in told])
    untold = chain.from_iterable(made.untold for made in edits.values())
    write(connection, _UNTELL, [{"row": row, "scan": scan} for row in untold])
    abled = chain.from_iterable(made.abled for made in edits.values())
    write(connection, _ABLE, [{"row": row, "by": able.state, "on": able.enabled} for row, able in abled])
    ids = numbers_after(connection, attribute.c.id)
    begun = [_run(next(ids), scan, number, one) for number, made in edits.items() for one in made.begin]
    add(connection, attribute, begun)


def _run(row: int, scan: int, number: int, one: Begun) -> dict[str, Any]:
    return {
        "id": row,
        "device": number,
        "name": one.name,
        "value": one.value,
        "confidence": one.confidence,
        "since": scan,
        "state": one.able.state,
        "enabled": one.able.enabled,
    }


def _judgements(connection: Connection, scan: int, edits: Mapping[int, Edits]) -> None:
    made_anew = [(number, key, one) for number, made in edits.items() for key, one in made.judge]
    reworded = [entry for made in edits.values() for entry in made.reworded]
    phrases = _phrases(connection, [one for _, _, one in made_anew] + [one for _, one in reworded])
    settled = chain.from_iterable(made.settle for made in edits.values())
    write(connection, _END_JUDGEMENT, [{"row": row, "scan": scan} for row in settled])
    write(
        connection,
        _REWORD,
        [{"row": row, "told": phrases[one.said], "rests": phrases[one.basis]} for row, one in reworded],
    )
    unconfirmed = chain.from_iterable(made.unconfirmed for made in edits.values())
    write(connection, _DOUBT, [{"row": row, "scan": scan} for row in unconfirmed])
    ids = numbers_after(connection, judgement.c.id)
    rows = [_row(next(ids), scan, number, key, one, phrases) for number, key, one in made_anew]
    add(connection, judgement, rows)


def _row(row: int, scan: int, number: int, key: Key, one: Statement, phrases: Mapping[str, int]) -> dict[str, Any]:
    return {
        "id": row,
        "device": number,
        "kind": key[0],
        "name": key[1],
        "state": one.state,
        "severity": one.severity,
        "exploited": one.exploited,
        "said": phrases[one.said],
        "basis": phrases[one.basis],
        "since": scan,
    }


def _phrases(connection: Connection, statements: Iterable[Statement]) -> dict[str, int]:
    """The number of every text that these say, stored where it is new."""
    texts = {_digest(text): text for text in {text for one in statements for text in (one.said, one.basis)}}
    known: dict[str, int] = {}
    for some in chunks(list(texts)):
        query = select(phrase.c.digest, phrase.c.id).where(phrase.c.digest.in_(some))
        known |= {row.digest: row.id for row in connection.execute(query)}
    ids = numbers_after(connection, phrase.c.id)
    new = {digest: next(ids) for digest in texts if digest not in known}
    add(connection, phrase, [{"id": n, "text": texts[d], "digest": d} for d, n in new.items()])
    known |= new
    return {text: known[digest] for digest, text in texts.items()}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]


_END_ATTRIBUTE = update(attribute).where(attribute.c.id == bindparam("row")).values(until=bindparam("scan"))
_UNTELL = update(attribute).where(attribute.c.id == bindparam("row")).values(untold=bindparam("scan"))
_ABLE = (
    update(attribute).where(attribute.c.id == bindparam("row")).values(state=bindparam("by"), enabled=bindparam("on"))
)
_TELL = (
    update(attribute)
    .where(attribute.c.id == bindparam("row"))
    .values(value=bindparam("text"), confidence=bindparam("sure"), untold=None)
)
_END_JUDGEMENT = update(judgement).where(judgement.c.id == bindparam("row")).values(until=bindparam("scan"))
_REWORD = (
    update(judgement)
    .where(judgement.c.id == bindparam("row"))
    .values(said=bindparam("told"), basis=bindparam("rests"), unconfirmed=None)
)
_DOUBT = update(judgement).where(judgement.c.id == bindparam("row")).values(unconfirmed=bindparam("scan"))
