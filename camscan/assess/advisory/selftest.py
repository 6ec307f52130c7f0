"""The data test themselves: every device that a file gives as an example gets the verdict or finding it expects.

Then what a file does not show by itself: a day that has not come yet, and a pattern that no known model matches.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path

from camscan.assess.advisory.advisory import Advisory, Example
from camscan.assess.advisory.file import FOLDER, advisory_files, load_advisory
from camscan.assess.advisory.known_models import load_known_models, matching_nothing
from camscan.assess.advisory.verdicts import verdict_on
from camscan.assess.firmware import read_firmware
from camscan.assess.future import not_yet
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


def check_assessment(directory: Path, words: Words, today: date) -> Checked:
    """Everything a data directory assesses devices by, also after a file is found broken. `today` is the day (UTC)
    after which no source can have been looked at."""
    loaded: list[Advisory] = []
    series: tuple[Series, ...] = ()
    known: frozenset[str] = frozenset()
    broken: list[str] = []
    for path in advisory_files(directory):
        try:
            loaded.append(load_advisory(path, words))
        except KnowledgeError as error:
            broken.append(str(error))
    try:
        series, known = load_lifecycle(directory, words), load_known_models(directory)
    except KnowledgeError as error:
        broken.append(str(error))
    wrong = [f"{_file(directory, one)}: {reason}" for one in loaded for reason in _wrong(one, today)]
    wrong += dict.fromkeys(f"{directory / FILE}: {reason}" for one in series for reason in _wrong_series(one, today))
    unmatched = () if broken else _unmatched(directory, loaded, series, known)
    return Checked(
        advisories=len(loaded),
        examples=sum(len(one.examples) for one in loaded) + sum(len(one.examples) for one in series),
        defects=(*broken, *wrong, *unmatched),
    )


def _file(directory: Path, advisory: Advisory) -> Path:
    return directory / FOLDER / f"{advisory.id}.toml"  # the loader refuses any other name


def _wrong(advisory: Advisory, today: date) -> Iterator[str]:
    yield from failing(advisory)
    days = (("date", advisory.date), ("published", advisory.published), ("kev", advisory.kev))
    yield from not_yet(days, today)


def _wrong_series(series: Series, today: date) -> Iterator[str]:
    yield from failing_series(series)
    yield from not_yet((("date", series.date),), today)


def _unmatched(
    directory: Path, advisories: Sequence[Advisory], series: Sequence[Series], known: Collection[str]
) -> Iterator[str]:
    """The patterns of models that no model is known for; of several files, so only where all of them load."""
    statements = [
        (_file(directory, one), tuple(chain.from_iterable(a.models for a in one.affected)), _models(one.examples))
        for one in advisories
    ]
    statements += [(directory / FILE, one.models, _models_of(one.examples)) for one in series]
    everywhere = frozenset(known).union(*(own for _, _, own in statements))
    for path, patterns, own in statements:
        for pattern in matching_nothing(patterns, own, everywhere):
            yield f"{path}: models: {pattern} matches none of its examples and no known model"


def _models(examples: Iterable[Example]) -> frozenset[str]:
    return _models_of(example.device for example in examples)


def _models_of(devices: Iterable[Mapping[str, str]]) -> frozenset[str]:
    names = ("model", "maker_model")
    return frozenset(device[name] for device in devices for name in names if name in device)


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
