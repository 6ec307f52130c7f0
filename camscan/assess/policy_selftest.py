"""Policies test themselves: each file of a directory is loaded, which proves its examples, also after one is broken."""

from dataclasses import dataclass
from pathlib import Path

from camscan.assess.affiliate_file import AFFILIATES, load_affiliates
from camscan.assess.policy import Policy, Terms
from camscan.assess.policy_file import load_policy, policy_files
from camscan.errors import KnowledgeError


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedPolicies:
    """How many policies and examples there are, and what is wrong: `file: reason`."""

    policies: int = 0
    examples: int = 0
    defects: tuple[str, ...] = ()


def check_policies(directory: Path, terms: Terms) -> CheckedPolicies:
    """Every policy of a data directory, also after one is found broken."""
    policies: list[Policy] = []
    defects: list[str] = []
    try:
        paths = policy_files(directory)
        affiliates = load_affiliates(directory / AFFILIATES, terms) if paths else {}
    except KnowledgeError as error:
        return CheckedPolicies(defects=(str(error),))
    for path in paths:
        try:
            policies.append(load_policy(path, terms, affiliates))
        except KnowledgeError as error:
            defects.append(str(error))
    examples = sum(len(policy.examples) for policy in policies)
    return CheckedPolicies(policies=len(policies), examples=examples, defects=tuple(defects))
