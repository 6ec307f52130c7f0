"""The plain loop to compare with: every advisory against every device, and nothing remembered from one to the next.

It says what the program says, by the same statements and patterns; only what the program keeps (the verdicts of devices
alike, patterns and numbers it has met, firmware it has read) is worked out anew each time.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from camscan.assess import pattern, subject
from camscan.assess.advisory import verdicts
from camscan.assess.advisory.advisory import Advisory
from camscan.model import AdvisoryVerdict, Device

KEPT = ((verdicts, "match"), (pattern, "_parts"), (pattern, "_bare"), (subject, "read_firmware"))


@contextmanager
def _forgetful() -> Iterator[None]:
    with ExitStack() as stack:
        for module, name in KEPT:
            stack.enter_context(patch.object(module, name, getattr(module, name).__wrapped__))
        yield


def plainly(devices: Sequence[Device], known: tuple[Advisory, ...]) -> list[tuple[AdvisoryVerdict, ...]]:
    """The rows of each device."""
    with _forgetful():
        return [_rows(device, known) for device in devices]


def _rows(device: Device, known: tuple[Advisory, ...]) -> tuple[AdvisoryVerdict, ...]:
    held = (verdicts.verdict_on(subject.subject_of(device), advisory) for advisory in known)
    return tuple(row for row in held if row is not None)
