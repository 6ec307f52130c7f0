"""An owner's list of devices, as CSV → its entries, what was understood of its head, and what of it could not be used.

Nothing is lost in silence: a line that gives nothing by which a device is known is refused with its number and the
reason; of a line that gives something else, the cell alone.
"""

from collections.abc import Callable, Iterator, Mapping

from camscan.errors import UsageError
from camscan.intake.csv_text import Record, as_text, records
from camscan.intake.owner_cells import address_of, mac_of, serial_of, text_of
from camscan.intake.owner_columns import columns_of
from camscan.reconciliation import MARKS, Entry, OwnerList, Remark

VALUE_LIMIT = 400  # characters that are kept of a cell, as the inventory keeps of a value
SHOWN = 60  # characters of a bad cell in a remark

_READERS: Mapping[str, Callable[[str], str]] = {"address": address_of, "mac": mac_of, "serial": serial_of}
_NAMED = {"address": "address", "mac": "MAC", "serial": "serial"}


def parse_list(name: str, data: bytes, mapped: Mapping[str, str], is_placeholder: Callable[[str], bool]) -> OwnerList:
    """The list in a file. `mapped` is meaning → name of a column, `is_placeholder` tells a serial or MAC that many
    carry. Raises `UsageError` for what is no list."""
    text, encoding = as_text(name, data)
    lines = records(name, text)
    head = next(lines, None)
    if head is None or head.problem:
        raise UsageError(f"{name}: {head.problem if head else 'empty'}")
    places, columns, unused = columns_of(name, head.cells, mapped)
    entries: list[Entry] = []
    remarks: list[Remark] = []
    for record in lines:
        reader = _Reader(record, places, is_placeholder)
        entry = reader.entry()
        entries += [entry] if entry else []
        remarks += reader.remarks
    if not entries and not remarks:
        raise UsageError(f"{name}: a head, and no line below it")
    return OwnerList(
        name=name,
        entries=tuple(entries),
        remarks=tuple(remarks),
        columns=columns,
        unused=unused,
        encoding=encoding,
    )


class _Reader:
    """One line, and what is to be said of it."""

    def __init__(self, record: Record, places: Mapping[str, int], is_placeholder: Callable[[str], bool]) -> None:
        self._record = record
        self._places = places
        self._is_placeholder = is_placeholder
        self.remarks: list[Remark] = []

    def entry(self) -> Entry | None:
        """The entry that the line is; None where it is none, which is then remarked."""
        if self._record.problem:
            self._remark(self._record.problem, refused=True)
            return None
        values = dict(self._values())
        if any(mark in values for mark in MARKS):
            return Entry(line=self._record.line, **values)
        said = "; ".join(remark.reason for remark in self.remarks)
        self.remarks.clear()
        self._remark(said or "neither an address nor a serial nor a MAC", refused=True)
        return None

    def _values(self) -> Iterator[tuple[str, str]]:
        for meaning, place in self._places.items():
            text = text_of(self._record.cells[place]) if place < len(self._record.cells) else None
            value = None if text is None else self._value(meaning, text[:VALUE_LIMIT])
            if value is not None:
                yield meaning, value

    def _value(self, meaning: str, text: str) -> str | None:
        read = _READERS.get(meaning)
        if read is None:
            return text
        try:
            value = read(text)
        except ValueError as error:
            self._remark(f"{_NAMED[meaning]} {text[:SHOWN]} {error}")
            return None
        if meaning != "address" and self._is_placeholder(value):
            self._remark(f"{_NAMED[meaning]} {text[:SHOWN]} is one that many devices carry")
            return None
        return value

    def _remark(self, reason: str, *, refused: bool = False) -> None:
        self.remarks.append(
            Remark(line=self._record.line, reason=reason, refused=refused, lines=self._record.lines if refused else 1)
        )
