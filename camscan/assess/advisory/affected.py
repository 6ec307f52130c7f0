"""One statement of an advisory: these models, this firmware. How a device's firmware stands to it is told, or why not.

The rules. `fixed` is said only where a source states a fixed firmware and the device has it or a later one. What lies
after the last firmware called affected, but not at a stated fix, lies between two statements: nobody can say. Only
where the record itself ends a range, and names no fix, is what follows not affected.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from camscan.assess.firmware import Firmware, compare

Verdict = Literal["affected", "fixed", "not-affected", "cannot-say"]


class Answer(NamedTuple):
    """What is said of one device, and why."""

    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """One statement. `models` are patterns (see `pattern.py`), `kinds` of devices where no model is named.

    `since` and `until` are the first and the last firmware affected, `before` the first that is not, `only` the ones
    a finder looked at (`spared`: and found it not vulnerable), `fixed` the fixed one. `possible` says why what is in
    the range is still not surely affected, `earlier` and `gap` why what is before or after it is not surely spared.
    `same_line`: it is about one firmware line only. `said` are the source's own words.
    """

    models: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    since: Firmware | None = None
    until: Firmware | None = None
    before: Firmware | None = None
    only: tuple[Firmware, ...] = ()
    fixed: Firmware | None = None
    same_line: bool = False
    spared: bool = False
    possible: str | None = None
    earlier: str | None = None
    gap: str | None = None
    said: str = ""

    def is_about(self, firmware: Firmware) -> bool:
        """Whether its firmware lets the device be meant: of the line, and where no model is named, the very one found.

        What was found not vulnerable is said of nothing else.
        """
        if self.only and (self.spared or not self.models):
            return any(compare(firmware, bound).sign == 0 for bound in self.only)
        bound = self.before or self.until
        if not self.same_line or bound is None or bound.version is None:
            return True
        return firmware.version is not None and firmware.version.series == bound.version.series


def answer(firmware: Firmware, affected: Affected, *, closed: bool) -> Answer:
    """What the statement says of this firmware. `closed`: the record ends its ranges, what follows is not affected."""
    if affected.fixed is not None and compare(firmware, affected.fixed).sign in (0, 1):
        return Answer("fixed", f"it runs {firmware.text}; fixed: {affected.fixed.text} and later")
    if affected.only:
        return _found_in(firmware, affected)
    if affected.since is None and affected.until is None and affected.before is None:
        unknown = "its firmware is not known" if affected.possible and not firmware.text else affected.possible
        return Answer("cannot-say", unknown or "no source states which firmware is affected")
    if not firmware.text:
        return Answer("cannot-say", f"its firmware is not known; affected: {_range(affected)}")
    return (
        _before_range(firmware, affected) or _in_range(firmware, affected) or _after_range(firmware, affected, closed)
    )


def _found_in(firmware: Firmware, affected: Affected) -> Answer:
    """Where a finder looked at single versions: those are affected, of all others nothing was said."""
    named = ", ".join(bound.text for bound in affected.only)
    if not firmware.text:
        return Answer("cannot-say", f"its firmware is not known; found in {named}")
    if any(compare(firmware, bound).sign == 0 for bound in affected.only):
        if affected.spared:
            return Answer("not-affected", f"it runs {firmware.text}, which was tested and found not vulnerable")
        return Answer("affected", f"it runs {firmware.text}, in which it was found")
    fix = f" and is fixed in {affected.fixed.text}" if affected.fixed else ""
    return Answer("cannot-say", f"it runs {firmware.text}; it was found in {named}{fix}, and no source names a range")


def _before_range(firmware: Firmware, affected: Affected) -> Answer | None:
    if affected.since is None:
        return None
    order = compare(firmware, affected.since)
    if order.sign is None:
        return Answer("cannot-say", f"{order.why}; affected: {_range(affected)}")
    if order.sign < 0 and affected.earlier:
        return Answer("cannot-say", f"it runs {firmware.text}: {affected.earlier}")
    if order.sign < 0:
        return Answer(
            "not-affected", f"it runs {firmware.text}, which is earlier than {affected.since.text}, the first affected"
        )
    return None


def _in_range(firmware: Firmware, affected: Affected) -> Answer | None:
    bound, ends = (affected.before, -1) if affected.before else (affected.until, 0)
    if bound is None:
        return None
    order = compare(firmware, bound)
    if order.sign is None:
        return Answer("cannot-say", f"{order.why}; affected: {_range(affected)}")
    if order.sign > ends:
        return None
    inside = f"it runs {firmware.text}; affected: {_range(affected)}"
    return (
        Answer("cannot-say", f"{inside}, but {affected.possible}") if affected.possible else Answer("affected", inside)
    )


def _after_range(firmware: Firmware, affected: Affected, closed: bool) -> Answer:
    after = f"it runs {firmware.text}, which is later than what is affected ({_range(affected)})"
    if affected.gap:
        return Answer("cannot-say", f"{after}, but {affected.gap}")
    if affected.fixed is not None:
        return Answer("cannot-say", f"{after}, yet not at the fixed one, {affected.fixed.text}")
    if closed or affected.possible:
        return Answer("not-affected", f"{after}; the source names no fixed firmware")
    return Answer("cannot-say", f"{after}, and the source names no fixed one")


def _range(affected: Affected) -> str:
    """The range in words: `from V5.2.0 build 140721 to V5.4.0 build 160530`."""
    parts = (
        f"from {affected.since.text}" if affected.since else "",
        f"up to {affected.until.text}" if affected.until else "",
        f"before {affected.before.text}" if affected.before else "",
    )
    return " ".join(part for part in parts if part)
