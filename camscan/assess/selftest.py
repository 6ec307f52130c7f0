"""The data test themselves: every device that a file gives as an example gets the verdict or finding it expects."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from camscan.assess.advisories import verdict_on
from camscan.assess.advisory import Advisory
from camscan.assess.advisory_file import advisory_files, load_advisory
from camscan.assess.firmware import read_firmware
from camscan.assess.lifecycle import FILE, Series, lifecycle_findings, load_lifecycle
from camscan.assess.reading import Words
from camscan.assess.subject import Subject, is_rebranded
from camscan.errors import KnowledgeError


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """How many advisories and examples there are, of the life-cycle too, and what is wrong: `file: reason`."""

    advisories: int
    examples: int
    defects: tuple[str, ...]


def check_assessment(directory: Path, words: Words) -> Checked:
    """Everything a data directory assesses devices by, also after a file is found broken."""
    advisories: list[Advisory] = []
    series: tuple[Series, ...] = ()
    defects: list[str] = []
    for path in advisory_files(directory):
        try:
            advisories.append(advisory := load_advisory(path, words))
        except KnowledgeError as error:
            defects.append(str(error))
        else:
            defects += (f"{path}: {reason}" for reason in failing(advisory))
    try:
        series = load_lifecycle(directory, words)
    except KnowledgeError as error:
        defects.append(str(error))
    defects += (f"{directory / FILE}: {reason}" for one in series for reason in failing_series(one))
    return Checked(
        advisories=len(advisories),
        examples=sum(len(one.examples) for one in advisories) + sum(len(one.examples) for one in series),
        defects=tuple(defects),
    )


def failing(advisory: Advisory) -> Iterator[str]:
    """The examples that come out otherwise, and what is said of them."""
    for number, example in enumerate(advisory.examples, 1):
        made = verdict_on(subject_of_example(example.device), advisory)
        came_out = made.verdict if made else "no row"
        if (made.verdict if made else None) != example.verdict:
            yield f"example {number}: {example.verdict or 'no row'} expected, {came_out} came out"


def failing_series(series: Series) -> Iterator[str]:
    """The examples of a statement on the life of models that come out otherwise."""
    for number, example in enumerate(series.examples, 1):
        found = lifecycle_findings(subject_of_example(example), (series,))
        came_out = found[0].id if found else "none"
        if came_out != example["finding"]:
            yield f"example {number}: {example['finding']} expected, {came_out} came out"


def subject_of_example(device: Mapping[str, str]) -> Subject:
    """The device of an example, as sure as can be."""
    stated = device.get
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
