"""What an owner decides of his devices: who, why, and until when."""

from dataclasses import dataclass
from typing import Literal

DecisionKind = Literal["approve", "ignore", "note", "tag", "merge", "split", "cut"]
"""What an owner may say of a device: that it may be there, that he lives with something, a remark, a word for it; that
it is a part of another, that some of its addresses are another device, that since a scan it is another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One thing that somebody has decided. `device` is an id, None for every device. `subject` is the id of the
    finding, advisory or policy that is ignored, the tag, the id of the whole, the addresses, or the scan. Times in
    seconds since the epoch; `expires` None: for ever; `withdrawn` None: not taken back."""

    number: int
    kind: DecisionKind
    device: str | None
    subject: str | None
    reason: str
    who: str
    made: float
    expires: float | None = None
    withdrawn: float | None = None
    withdrawn_by: str | None = None
    withdrawn_reason: str | None = None

    @property
    def end(self) -> float | None:
        """Until when it holds, None for ever."""
        return min((time for time in (self.expires, self.withdrawn) if time is not None), default=None)

    def holds(self, time: float) -> bool:
        """Whether it holds at this time. What came before it was made is covered too, for who approves of what a scan
        has shown does not want to read of it again; but not by what was taken back."""
        if self.withdrawn is not None and time < self.made:
            return False
        return self.end is None or time < self.end
