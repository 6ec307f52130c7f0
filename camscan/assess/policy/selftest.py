"""Policies test themselves: each file of a directory is loaded, which proves its examples, also after one is broken."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from camscan.assess.future import not_yet
from camscan.assess.policy.affiliates import AFFILIATES, load_affiliates
from camscan.assess.policy.file import load_policy, policy_files
from camscan.assess.policy.policy import Policy, Terms
from camscan.errors import KnowledgeError


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedPolicies:
    """How many policies and examples there are, and what is wrong: `file: reason`."""

    policies: int = 0
    examples: int = 0
    defects: tuple[str, ...] = ()


def check_policies(directory: Path, terms: Terms, today: date) -> CheckedPolicies:
    """Every policy of a data directory, also after one is found broken, and who belongs to whom. `today` is the day
    (UTC) after which no source can have been looked at; that a text takes effect later is no mistake."""
    policies: list[Policy] = []
    listing = directory / AFFILIATES
    try:
        paths = policy_files(directory)
        affiliates = load_affiliates(listing, terms) if paths or listing.exists() else {}
    except KnowledgeError as error:
        return CheckedPolicies(defects=(str(error),))
    days = {("date", one.date) for one in affiliates.values()}
    defects = [f"{listing}: {reason}" for reason in not_yet(days, today)]
    for path in paths:
        try:
            policies.append(policy := load_policy(path, terms, affiliates))
        except KnowledgeError as error:
            defects.append(str(error))
        else:
            defects += (f"{path}: {reason}" for reason in not_yet((("date", policy.date),), today))
    examples = sum(len(policy.examples) for policy in policies)
    return CheckedPolicies(policies=len(policies), examples=examples, defects=tuple(defects))
