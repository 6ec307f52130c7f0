"""Advisories test themselves: every device that a file gives as an example gets the verdict it expects."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from camscan.assess.advisories import verdict_on
from camscan.assess.advisory import Advisory, Example
from camscan.assess.advisory_file import Words, advisory_files, load_advisory
from camscan.assess.firmware import read_firmware
from camscan.assess.subject import Subject, is_rebranded
from camscan.errors import KnowledgeError


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """How many advisories and examples there are, and what is wrong: `file: reason`."""

    advisories: int
    examples: int
    defects: tuple[str, ...]


def check_advisories(directory: Path, words: Words) -> Checked:
    """Every advisory of a data directory, also after one is found broken."""
    advisories: list[Advisory] = []
    defects: list[str] = []
    for path in advisory_files(directory):
        try:
            advisories.append(advisory := load_advisory(path, words))
        except KnowledgeError as error:
            defects.append(str(error))
        else:
            defects += (f"{path}: {reason}" for reason in failing(advisory))
    return Checked(
        advisories=len(advisories),
        examples=sum(len(one.examples) for one in advisories),
        defects=tuple(defects),
    )


def failing(advisory: Advisory) -> Iterator[str]:
    """The examples that come out otherwise, and what is said of them."""
    for number, example in enumerate(advisory.examples, 1):
        made = verdict_on(subject_of_example(example), advisory)
        came_out = made.verdict if made else "no row"
        if (made.verdict if made else None) != example.verdict:
            yield f"example {number}: {example.verdict or 'no row'} expected, {came_out} came out"


def subject_of_example(example: Example) -> Subject:
    """The device of an example, as sure as can be."""
    stated = example.device.get
    behind = stated("maker_model")
    return Subject(
        maker=stated("vendor"),
        brand=stated("brand"),
        kind=stated("kind"),
        model=stated("model"),
        maker_models=(behind,) if behind else (),
        firmware=read_firmware(stated("firmware"), stated("build")),
        rebranded=is_rebranded(stated("vendor"), stated("brand")),
        sure=1.0,
    )
