"""`camscan fingerprint check`: the self-tests of the data files, those that came along or the user's own."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from camscan.cli.options import FingerprintsOption

if TYPE_CHECKING:
    from camscan.assess.policy_selftest import CheckedPolicies

fingerprint = typer.Typer(help="Work with the data files that devices are told by.", rich_markup_mode=None)


@fingerprint.callback()
def group() -> None:
    """Work with the data files that devices are told by."""


@fingerprint.command()
def check(fingerprints: FingerprintsOption = None) -> int:
    """Check every rule and policy: that it loads, that its examples hold, that no other rule overrules them.

    One line for each defect: file, rule and reason; of a file that does not load, the first. Sends nothing.

    Exit codes: 0 all hold, 2 there are defects.
    """
    from camscan.cli.ending import Exit, say
    from camscan.cli.output import write_stdout
    from camscan.datafile import default_directory
    from camscan.identify.selftest import check_directory

    directory = fingerprints or default_directory()
    verdict, policies = check_directory(directory), _checked_policies(directory)
    defects = (*verdict.defects, *policies.defects)
    for defect in defects:
        say(defect)
    numbers = [(verdict.files, "file"), (verdict.rules, "rule"), (verdict.examples + policies.examples, "example")]
    if policies.policies:
        numbers.insert(2, (policies.policies, "policy"))
    counted = ", ".join(_counted(number, noun) for number, noun in numbers)
    if defects:
        say(f"{counted}: {_counted(len(defects), 'defect')}")
        return Exit.USAGE
    write_stdout(f"{counted}: all hold\n")
    return Exit.DONE


def _checked_policies(directory: Path) -> "CheckedPolicies":
    """The policies of the directory, each by itself; none where the words they use cannot be read."""
    from camscan.assess.policy_selftest import CheckedPolicies, check_policies
    from camscan.cli.chosen import terms_of
    from camscan.errors import KnowledgeError
    from camscan.identify.vocabulary import load_vocabulary

    try:
        terms = terms_of(load_vocabulary(directory / "vendors.toml"))
    except KnowledgeError:
        return CheckedPolicies()  # the check of the rules has said so
    return check_policies(directory, terms)


def _counted(number: int, noun: str) -> str:
    several = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else several}"
