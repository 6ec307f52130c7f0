"""The exposures test themselves: every example is a device with its replies, and comes out as the file says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from camscan.assess.exposure.case import Exposed, Unsaid
from camscan.assess.exposure.example import case_of_example, state_of
from camscan.assess.exposure.exposures import Exposure, answer
from camscan.assess.exposure.file import FILE, load_exposures
from camscan.assess.future import not_yet
from camscan.assess.reading import Words
from camscan.errors import KnowledgeError


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """How many exposures and examples there are, and what is wrong."""

    exposures: int
    examples: int
    defects: tuple[str, ...]


def check_exposures(directory: Path, words: Words, today: date) -> Checked:
    """Every example of a data directory, and every date of it."""
    try:
        exposures = load_exposures(directory, words)
    except KnowledgeError as error:
        return Checked(exposures=0, examples=0, defects=(str(error),))
    return Checked(
        exposures=len(exposures),
        examples=sum(len(one.examples) for one in exposures),
        defects=tuple(f"{directory / FILE}: {text}" for one in exposures for text in _defects(one, words, today)),
    )


def _defects(exposure: Exposure, words: Words, today: date) -> Iterator[str]:
    reasons = (*failing(exposure, words), *not_yet([("date", exposure.date)], today))
    yield from (f"exposure {exposure.id}: {reason}" for reason in reasons)


def failing(exposure: Exposure, words: Words) -> Iterator[str]:
    """The examples that come out otherwise, or cannot be read; and what no example shows."""
    expected = []
    for number, row in enumerate(exposure.examples, 1):
        try:
            expected.append(state_of(row, f"example {number}"))
            found = answer(exposure, case_of_example(row, words, f"example {number}"))
        except KnowledgeError as error:
            yield str(error)
            continue
        came_out = "found" if isinstance(found, Exposed) else "cannot-say" if isinstance(found, Unsaid) else "none"
        if came_out != expected[-1]:
            yield f"example {number}: {expected[-1]} expected, {came_out} came out"
    if "found" not in expected:
        yield "no example in which it is found"
    if "none" not in expected:
        yield "no example in which it is not there"
