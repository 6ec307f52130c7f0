"""One record of all that belong to a device, for its sheet: by the rules of `as_one.py`. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from camscan.inventory.as_one import all_able, weight
from camscan.inventory.sheet_records import Judged, Record
from camscan.model import AdvisoryVerdict, Finding
from camscan.place import WHERE


def together(group: Sequence[Record]) -> Record:
    """One record of all (`as_one.py`)."""
    whole, *others = group
    for one in group if others else ():
        if not one.there:
            _hush(one)
    for one in others:
        whole.first_scan = min(whole.first_scan, one.first_scan)
        whole.last_scan = max(whole.last_scan, one.last_scan)
        placed = not whole.values.keys().isdisjoint(WHERE)
        _add(whole.values, {name: value for name, value in one.values.items() if not (placed and name in WHERE)})
        for name in ("confidence", "since", "unconfirmed", "untold", "heard"):
            _add(getattr(whole, name), getattr(one, name))
        for kind, rows in one.judged.items():
            _add(whole.judged[kind], rows)
            whole.judged[kind] |= {
                name: said for name, said in rows.items() if _is_worse(said, whole.judged[kind][name])
            }
        for name, members in one.members.items():
            whole.members[name] |= members
        whole.able = all_able([whole.able, one.able])
        whole.members["addresses"] |= {one.values["address"]} if "address" in one.values else set()
        whole.vantages |= one.vantages
    return whole


def _hush(one: Record) -> None:
    """It is gone while another of its device is there: what it leaves is what a device has one of."""
    one.values.pop("address", None)
    for said in (one.members, one.able, one.judged, one.since, one.unconfirmed, one.heard, one.vantages):
        said.clear()


def _is_worse(one: Judged, other: Judged) -> bool:
    return _weight(one) > _weight(other)


def _weight(said: Judged) -> tuple[bool, int, bool]:
    if isinstance(said, Finding):
        return weight(said.state, said.severity)
    if isinstance(said, AdvisoryVerdict):
        return weight(said.verdict, said.severity, said.kev)
    return weight(said.verdict, None)


def _add(mine: dict[Any, Any], theirs: Mapping[Any, Any]) -> None:
    for key, value in theirs.items():
        mine.setdefault(key, value)
