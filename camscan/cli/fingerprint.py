"""`camscan fingerprint check`: the self-tests of the data files, those that came along or the user's own."""

from collections import Counter
from pathlib import Path

import typer

from camscan.cli.options import FingerprintsOption

fingerprint = typer.Typer(rich_markup_mode=None)


@fingerprint.callback()
def group() -> None:
    """Work with the data files that devices are told by.

    \b
    camscan fingerprint check
    """


@fingerprint.command()
def check(fingerprints: FingerprintsOption = None) -> int:
    """Check every rule, advisory, exposure and policy: that it loads, that its examples hold, that none is overruled,
    that no date lies ahead, and that every pattern of models matches a known one.

    One line for each defect: file, rule and reason; of a file that does not load, the first. Sends nothing.

    \b
    camscan fingerprint check
    camscan fingerprint check --fingerprints my-rules/

    Exit codes: 0 all hold, 2 there are defects.
    """
    from camscan.cli.data import data_directory
    from camscan.cli.ending import Exit, say
    from camscan.cli.output import write_stdout
    from camscan.identify.selftest import check_directory

    directory = fingerprints or data_directory()
    verdict = check_directory(directory)
    checked, wrong = _checked_assessment(directory)
    defects = (*verdict.defects, *wrong)
    for defect in defects:
        say(defect)
    numbers = [(verdict.files, "file"), (verdict.rules, "rule")]
    numbers += [(number, noun) for noun, number in checked.items() if number and noun != "example"]
    numbers.append((verdict.examples + checked["example"], "example"))
    counted = ", ".join(_counted(number, noun) for number, noun in numbers)
    if defects:
        say(f"{counted}: {_counted(len(defects), 'defect')}")
        return Exit.USAGE
    write_stdout(f"{counted}: all hold\n")
    return Exit.DONE


def _checked_assessment(directory: Path) -> tuple[Counter[str], tuple[str, ...]]:
    """How many advisories, exposures, policies and examples hold, and what is wrong; none where their words cannot be
    read."""
    from datetime import UTC, datetime

    from camscan.assess.advisory.selftest import check_assessment
    from camscan.assess.exposure.selftest import check_exposures
    from camscan.assess.policy.selftest import check_policies
    from camscan.cli.chosen import terms_of
    from camscan.cli.known import words_of
    from camscan.errors import KnowledgeError
    from camscan.identify.vocabulary import load_vocabulary

    try:
        vocabulary = load_vocabulary(directory / "vendors.toml")
    except KnowledgeError:
        return Counter(), ()  # the check of the rules has said so
    today = datetime.now(UTC).date()
    checked = check_assessment(directory, words_of(vocabulary), today)
    policies = check_policies(directory, terms_of(vocabulary), today)
    exposures = check_exposures(directory, words_of(vocabulary), today)
    counts = Counter(advisory=checked.advisories, exposure=exposures.exposures, policy=policies.policies)
    counts["example"] = checked.examples + policies.examples + exposures.examples
    return counts, (*checked.defects, *policies.defects, *exposures.defects)


def _counted(number: int, noun: str) -> str:
    several = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else several}"
