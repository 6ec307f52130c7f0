"""Policies that came along or are made up for a test, and devices and sites to hold against them."""

from functools import cache
from pathlib import Path
from typing import Any

from camscan.assess.policy.file import load_policies
from camscan.assess.policy.policies import Policies, policy_verdicts
from camscan.assess.policy.policy import Policy
from camscan.assess.site import Site
from camscan.cli.chosen import known_policies, terms_of
from camscan.datafile import default_directory
from camscan.identify.vocabulary import Vocabulary, load_vocabulary
from camscan.model import Device, PolicyVerdict
from tests.report_rig import device

AFFILIATES = 'date = 2026-11-29\n[[affiliate]]\nid = "ezviz"\nof = "hikvision"\nsource = "a document"\n'
DATUM = """
id = "xx-test"
name = "A test"
jurisdiction = "Nowhere"
effective = 2026-01-01
date = 2026-11-29
confidence = "high"
binds = "nobody"
scope = ["use"]
sentence = "It is a test."
citation = "Test 1"
sources = ["a document"]
steps = [{ on = "2026-01", what = "it was written" }]
example = [
  { vendor = "hikvision", kind = "camera", verdict = "covered" },
  { vendor = "axis", kind = "camera", verdict = "not-covered" },
  { kind = "camera", verdict = "cannot-say" },
]
[[reach]]
makers = ["hikvision"]
"""


@cache
def vocabulary() -> Vocabulary:
    return load_vocabulary(default_directory() / "vendors.toml")


@cache
def shipped() -> dict[str, Policy]:
    return known_policies(None)


def load(directory: Path, text: str, name: str = "xx-test") -> Policy:
    """The policy of a text, in a data directory of its own."""
    folder = directory / "policies"
    folder.mkdir(exist_ok=True)
    (directory / "affiliates.toml").write_text(AFFILIATES, encoding="utf-8")
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return load_policies(directory, terms_of(vocabulary()))[name]


def made_by(vendor: str | None, sure: float = 0.95, kind: str | None = "camera", **more: Any) -> Device:
    """A device of which maker and kind are so sure."""
    confidence = {"vendor": sure} if vendor else {}
    return device("10.0.0.5", vendor=vendor, kind=kind, confidence=confidence | ({"kind": 0.9} if kind else {}), **more)


def verdict(policy: str, given: Device, **site: Any) -> PolicyVerdict:
    """What a policy that came along says of the device at a site of these attributes."""
    policies = Policies(known=shipped(), chosen=(policy,))
    (made,) = policy_verdicts(given, Site(**site), policies)
    return made
