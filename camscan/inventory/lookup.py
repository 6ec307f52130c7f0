"""Which devices of the register a word of the user means: an id or its beginning, an address, a serial, a MAC, a
UUID."""

import re
from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import Select, func, or_, select
from sqlalchemy.engine import Connection

from camscan.errors import UsageError
from camscan.inventory.facts import storable
from camscan.inventory.tables import NAMED, attribute, device, judgement
from camscan.register import PRESENCE

ID_LEAST = 4  # characters of an id that may stand for all of it

_NAMES = ("address", "addresses", "serial", "mac", "uuid")


def numbers_called(connection: Connection, word: str) -> list[int]:
    """All that go by this word, those that once did last."""
    now, once = _by_value(connection, word)
    return list(dict.fromkeys([*_by_id(connection, word), *now, *once]))


def the_one(connection: Connection, word: str) -> int:
    """The number of the device that is meant; of a part that of its whole. Raises `UsageError` where there is none, or
    where there are several."""
    return _only(connection, word, [wholes(connection, some) for some in _candidates(connection, word)])


def the_record(connection: Connection, word: str) -> int:
    """The same, but of a part its own number."""
    return _only(connection, word, _candidates(connection, word))


def _candidates(connection: Connection, word: str) -> list[list[int]]:
    """Who goes by the word as its id, who by something else and is there, who went by it when it was last there, and
    who once did."""
    now, once = _by_value(connection, word)
    there = select(attribute.c.device).where(NAMED == PRESENCE, attribute.c.until.is_(None))
    present = list(connection.execute(there.where(attribute.c.device.in_(now))).scalars())
    return [_by_id(connection, word), present, now, once]


def _only(connection: Connection, word: str, candidates: list[list[int]]) -> int:
    found: list[int] = next(filter(None, candidates), [])
    if not found:
        raise UsageError(f"no device {word} in the inventory")
    if len(found) > 1:
        ids = ", ".join(sorted(public_ids(connection, found).values()))
        raise UsageError(f"{word} may be {len(found)} devices; say which by its id: {ids}")
    return found[0]


def wholes(connection: Connection, numbers: Collection[int]) -> list[int]:
    """The numbers under which these records are told of, each once."""
    columns = device.c
    query = select(func.coalesce(columns.merged_into, columns.number)).where(columns.number.in_(numbers))
    return sorted(connection.execute(query.distinct()).scalars())


def public_ids(connection: Connection, numbers: list[int]) -> dict[int, str]:
    """The ids by which users know the devices of these numbers."""
    columns = device.c
    query = select(columns.number, columns.public_id).where(columns.number.in_(numbers))
    return {row.number: row.public_id for row in connection.execute(query)}


def _by_id(connection: Connection, word: str) -> list[int]:
    return [row.number for row in connection.execute(_id_query(storable(word)))]


def _id_query(word: str) -> Select[tuple[int]]:
    query = select(device.c.number).order_by(device.c.number)
    whole = device.c.public_id == word.lower()
    if len(word) < ID_LEAST or not word.isalnum():
        return query.where(whole)
    return query.where(or_(whole, device.c.public_id.like(f"{word.lower()}%")))


def _by_value(connection: Connection, word: str) -> tuple[list[int], list[int]]:
    """Those that go by it now, and all that ever did."""
    word = storable(word)
    forms = (func.lower(attribute.c.value) == func.lower(form) for form in (word, *_as_mac(word)))
    query = select(attribute.c.device).where(attribute.c.name.in_(_NAMES), or_(*forms)).order_by(attribute.c.device)
    now, once = (connection.execute(some).scalars() for some in (query.where(attribute.c.until.is_(None)), query))
    return list(dict.fromkeys(now)), list(dict.fromkeys(once))


def _as_mac(word: str) -> Iterator[str]:
    """The word as MACs are stored, where it may be one in another spelling."""
    digits = re.sub("[-:.]", "", word)
    if re.fullmatch("[0-9A-Fa-f]{12}", digits):
        yield ":".join(digits[i : i + 2] for i in range(0, 12, 2)).lower()


def refuse_unknown_subjects(connection: Connection, names: Iterable[str]) -> None:
    """Raises `UsageError` for what the register has never judged: a spelling mistake would ignore nothing for ever."""
    for name in names:
        query = select(judgement.c.id).where(judgement.c.name == storable(name)).limit(1)
        if connection.execute(query).first() is None:
            raise UsageError(f"{name}: no finding, advisory or policy of this id was ever judged in this inventory")
