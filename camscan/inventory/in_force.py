"""Which decisions hold for a device at a time. Pure."""

from collections import defaultdict
from collections.abc import Iterable

from camscan.inventory.decisions import Decided
from camscan.model import Ignored
from camscan.register import Decision


class InForce:
    """The decisions that hold at a time, by device. One on a device goes before one on all of them, a later one before
    an earlier."""

    def __init__(self, decided: Iterable[Decided], time: float) -> None:
        self._ignored: dict[tuple[int | None, str], Decision] = {}
        self._tags: dict[int, dict[str, None]] = defaultdict(dict)
        self._approved: set[int] = set()
        for one in decided:
            if one.decision.holds(time):
                self._note(one.device, one.decision)

    def _note(self, device: int | None, decision: Decision) -> None:
        if decision.kind == "ignore":
            self._ignored[device, decision.subject or ""] = decision
        elif device is not None and decision.kind == "approve":
            self._approved.add(device)
        elif device is not None and decision.kind == "tag":
            self._tags[device][decision.subject or ""] = None

    def ignored(self, device: int, subject: str) -> Ignored | None:
        """Who has decided that this finding, advisory or policy calls for nothing on the device."""
        found = self._ignored.get((device, subject)) or self._ignored.get((None, subject))
        return None if found is None else Ignored(who=found.who, reason=found.reason, until=found.expires)

    def approved(self, device: int) -> bool:
        """Whether the owner has said that it may be there."""
        return device in self._approved

    def tags(self, device: int) -> tuple[str, ...]:
        """His words for it, in the order in which he gave them."""
        return tuple(self._tags.get(device, ()))
