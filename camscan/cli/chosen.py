"""The policies and sites that the user chose, loaded before anything is sent; nothing is loaded where none is."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from camscan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Container

    from camscan.assess.assessment import Assessment
    from camscan.assess.policy.policies import Policies
    from camscan.assess.policy.policy import Policy, Terms
    from camscan.assess.site import Site
    from camscan.identify.vocabulary import Vocabulary


class Chosen(NamedTuple):
    """Ids of policies and the site file, as they stand on the command line; without a file, the text of the one that
    the inventory holds."""

    policies: tuple[str, ...] = ()
    site: Path | None = None
    kept: str | None = None

    @property
    def placed(self) -> bool:
        """Whether devices are held against sites."""
        return self.site is not None or self.kept is not None


NOTHING = Chosen()
KEPT = "the sites in the inventory"  # what they are called where they are found bad


def chosen_by(policies: Sequence[str] | None, site: Path | None) -> Chosen:
    """What the options say, each policy once."""
    return Chosen(tuple(dict.fromkeys(policies or ())), site)


def held_against(assessment: "Assessment", chosen: Chosen, directory: Path | None) -> "Assessment":
    """The assessment with what was chosen. Raises `UsageError` for a policy that is not known, or a bad file."""
    if chosen == NOTHING:
        return assessment
    policies = chosen_policies(chosen, directory)
    newest = max((policy.date for policy in policies.known.values()), default="unknown")
    return replace(assessment, policies=policies, dates={**assessment.dates, "policies": newest})


def chosen_policies(chosen: Chosen, directory: Path | None) -> "Policies":
    """The policies known, those chosen and the sites of the site file."""
    from camscan.assess.policy.policies import Policies

    known = known_policies(directory)
    for name in chosen.policies:
        known_policy(name, known)
    return Policies(known=known, chosen=chosen.policies, sites=chosen_sites(chosen, known))


def chosen_sites(chosen: Chosen, policies: "Container[str]") -> "tuple[Site, ...]":
    """The sites of the site file, or of the text that the inventory holds. Raises `KnowledgeError` for a bad one."""
    from camscan.assess.site_file import load_sites, parse_sites

    if chosen.site is not None:
        return load_sites(chosen.site, policies)
    return () if chosen.kept is None else parse_sites(chosen.kept, KEPT, policies)


def known_policy(name: str, known: "dict[str, Policy]") -> "Policy":
    """The policy of this id. Raises `UsageError` naming those there are."""
    if name not in known:
        raise UsageError(f"no policy {name}; there are {', '.join(known) or 'none'}")
    return known[name]


def known_policies(directory: Path | None) -> "dict[str, Policy]":
    """The policies of a data directory, those in use by default. Raises `KnowledgeError` for the first bad one."""
    from camscan.assess.policy.file import load_policies
    from camscan.cli.data import data_directory
    from camscan.identify.vocabulary import load_vocabulary

    directory = directory or data_directory()
    return load_policies(directory, terms_of(load_vocabulary(directory / "vendors.toml")))


def terms_of(vocabulary: "Vocabulary") -> "Terms":
    """What of the vocabulary a policy may name."""
    from camscan.assess.policy.policy import Terms

    seats = {maker.id: maker.country for maker in vocabulary.makers.values()}
    return Terms(seats=seats, brands=vocabulary.brands, kinds=vocabulary.kinds)
