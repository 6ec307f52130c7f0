"""Which decisions hold for a device at a time. Pure."""

from collections import defaultdict
from collections.abc import Iterable

from camscan.decision import Decision
from camscan.inventory.decisions import Decided
from camscan.model import Ignored

_FOR_EVER = float("inf")


class InForce:
    """The decisions that hold at a time, by device. Of several on the same device and subject the last one is what its
    owner means; what holds for all devices holds for each."""

    def __init__(self, decided: Iterable[Decided], time: float) -> None:
        self._ignored: dict[tuple[int | None, str], Decision] = {}
        self._tags: dict[int, dict[str, None]] = defaultdict(dict)
        self._approved: set[int] = set()
        for device, decision in _last_words(decided, time):
            if decision.holds(time):
                self._note(device, decision)

    def _note(self, device: int | None, decision: Decision) -> None:
        if decision.kind == "ignore":
            self._ignored[device, decision.subject or ""] = decision
        elif device is not None and decision.kind == "approve":
            self._approved.add(device)
        elif device is not None and decision.kind == "tag":
            self._tags[device][decision.subject or ""] = None

    def ignored(self, device: int, subject: str) -> Ignored | None:
        """Who has decided that this finding, advisory or policy calls for nothing on the device, and until when."""
        if not self._ignored:
            return None  # in most inventories, of thousands of judgements each
        words = [self._ignored[key] for key in ((device, subject), (None, subject)) if key in self._ignored]
        found = max(words, key=_end, default=None)
        return None if found is None else Ignored(who=found.who, reason=found.reason, until=found.expires)

    def ignored_everywhere(self) -> frozenset[str]:
        """The findings, advisories and policies that call for nothing on any device."""
        return frozenset(subject for device, subject in self._ignored if device is None)

    def approved(self, device: int) -> bool:
        """Whether the owner has said that it may be there."""
        return device in self._approved

    def tags(self, device: int) -> tuple[str, ...]:
        """His words for it, in the order in which he gave them."""
        return tuple(self._tags.get(device, ()))


def _last_words(decided: Iterable[Decided], time: float) -> list[tuple[int | None, Decision]]:
    """The last decision on each device and subject that was not taken back by then."""
    last: dict[tuple[int | None, str, str | None], Decision] = {}
    for one in decided:
        if one.decision.withdrawn is None or time < one.decision.withdrawn:
            last[one.device, one.decision.kind, one.decision.subject] = one.decision
    return [(device, decision) for (device, _, _), decision in last.items()]


def _end(decision: Decision) -> float:
    return _FOR_EVER if decision.expires is None else decision.expires
