"""A result that was, held against what the same replies prove today: device by device, in what identifies it and in
what is found on it. What it says is anybody's, so every line of it is made printable."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from camscan.report.document import SOURCE_LIMIT
from camscan.report.printable import printable
from camscan.report.shape import Device, Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What is otherwise at one device; `subject` None: the device itself is there only then, or only today."""

    device: str
    address: str
    subject: str | None
    then: str | None
    today: str | None

    def __str__(self) -> str:
        if self.subject is None:
            text = f"{self.address} {self.device}: only {'then' if self.then else 'today'}"
        else:
            text = f"{self.address} {self.subject}: {self.then or 'unknown'} then, {self.today or 'unknown'} today"
        return printable(text, SOURCE_LIMIT)


_IDENTITY = ("address", "mac", "vendor", "brand", "model", "firmware", "build", "serial", "kind")


def differences(then: Document, today: Document) -> Iterator[Difference]:
    """Everything that is otherwise, in the order of the devices then; those that are only there today come last."""
    before, after = ({one.id: one for one in document.devices} for document in (then, today))
    for identifier, one in before.items():
        if identifier not in after:
            yield Difference(device=identifier, address=one.address, subject=None, then=identifier, today=None)
            continue
        yield from _at_one(one, after[identifier])
    for identifier, one in after.items():
        if identifier not in before:
            yield Difference(device=identifier, address=one.address, subject=None, then=None, today=identifier)


def _at_one(before: Device, after: Device) -> Iterator[Difference]:
    then, today = _told(before), _told(after)
    for subject, old in then.items():
        if old != (new := today[subject]):
            yield Difference(device=before.id, address=before.address, subject=subject, then=old, today=new)


def _told(one: Device) -> dict[str, str | None]:
    """What is compared: identity, what is found and what affects."""
    return {
        **{name: getattr(one, name) for name in _IDENTITY},
        "findings": " ".join(sorted(row.id for row in one.findings if row.state == "found")) or None,
        "advisories": " ".join(sorted(row.id for row in one.advisories if row.verdict == "affected")) or None,
    }


def data_differences(then: Mapping[str, str], today: Mapping[str, str]) -> Iterator[str]:
    """The data whose date is another one today, each as a line."""
    for name in sorted({*then, *today}):
        if then.get(name) != today.get(name):
            old, new = (printable(dates.get(name) or "none") for dates in (then, today))
            yield f"{printable(name)}: {old} then, {new} today"
