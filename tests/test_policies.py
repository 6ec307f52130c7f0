"""The policies that came along: each datum's examples, the traps, and what the loader refuses."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from camscan.assess.assess import assess
from camscan.assess.assessment import Assessment
from camscan.assess.policy.policies import Policies
from camscan.assess.policy.policy import ANSWERS, SCOPES, Example, Policy
from camscan.assess.policy.selftest import check_policies
from camscan.assess.policy.verdict import SURE_ENOUGH, policy_verdict
from camscan.assess.site import NOWHERE, Site
from camscan.cli.chosen import terms_of
from camscan.errors import KnowledgeError
from tests.policy_rig import DATUM, load, made_by, shipped, verdict, vocabulary
from tests.report_rig import middlebox

EXAMPLES = [
    pytest.param(policy, example, id=f"{policy.id}-{number}")
    for policy in shipped().values()
    for number, example in enumerate(policy.examples, 1)
]
UK_SITE = {"country": "GB", "owner": "federal", "sensitive": True}
LISTED = {"hikvision", "dahua", "hytera", "huawei", "zte", "uniview"}


@pytest.mark.parametrize(("policy", "example"), EXAMPLES)
def test_a_datum_gives_the_answer_of_its_example(policy: Policy, example: Example) -> None:
    made = policy_verdict(policy, example.subject, example.site)
    assert made.verdict == example.verdict, made.reason
    assert made.reason
    assert (made.policy, made.citation, made.date) == (policy.id, policy.citation, policy.effective)


@pytest.mark.parametrize("policy", shipped().values(), ids=list(shipped()))
def test_a_datum_says_who_is_bound_since_when_and_where_that_stands(policy: Policy) -> None:
    assert policy.binds and policy.sentence.endswith(".") and policy.sources and policy.steps
    assert set(policy.scope) <= set(SCOPES)
    assert re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", policy.effective)
    assert [step.on for step in policy.steps] == sorted(step.on for step in policy.steps)
    assert any(step.on.startswith(policy.effective[:4]) for step in policy.steps)


def test_the_texts_are_those_of_the_brief() -> None:
    assert set(shipped()) >= {
        "us-ndaa-889",
        "us-fcc-covered",
        "us-bis-entity",
        "us-dod-1260h",
        "uk-sensitive-sites",
        "ca-federal-2025",
        "au-commonwealth-2023",
        "in-cctv-certification",
        "eu-parliament-2021",
        "nl-amsterdam-2024",
    }
    assert {"2022", "2025", "2026"} <= {step.on[:4] for step in shipped()["us-fcc-covered"].steps}


def test_the_maker_counts_and_not_the_brand() -> None:
    sold = verdict("us-ndaa-889", made_by("hikvision", brand="annke"))
    assert sold.verdict == "covered"
    assert "made by hikvision (95% sure), sold as annke: the maker counts" in sold.reason
    assert verdict("us-ndaa-889", made_by(None, brand="annke")).verdict == "cannot-say"
    assert verdict("us-ndaa-889", made_by("vivotek", brand="lorex")).verdict == "not-covered"
    assert verdict("us-ndaa-889", made_by("dahua", brand="lorex")).verdict == "covered"


def test_a_maker_that_is_not_sure_enough_is_no_maker() -> None:
    unsure = verdict("us-ndaa-889", made_by("hikvision", SURE_ENOUGH - 0.01))
    assert (unsure.verdict, "a verdict takes 60%" in unsure.reason) == ("cannot-say", True)
    assert verdict("us-ndaa-889", made_by("hikvision", SURE_ENOUGH)).verdict == "covered"
    assert verdict("us-ndaa-889", made_by("axis", 0.3)).verdict == "cannot-say"


def test_a_kind_that_is_not_sure_enough_is_not_known() -> None:
    printer = made_by("hikvision", kind="printer")
    assert verdict("us-ndaa-889", printer).verdict == "not-covered"
    doubtful = replace(printer, confidence={"vendor": 0.95, "kind": 0.4})
    assert verdict("nl-amsterdam-2024", doubtful, authority="Amsterdam").verdict == "cannot-say"
    reason = verdict("nl-amsterdam-2024", doubtful, authority="Amsterdam").reason
    assert "its kind is not known well enough (printer, 40% sure), and the text speaks of cameras" in reason


def test_what_is_presumed_of_an_unknown_kind_is_said() -> None:
    presumed = verdict("us-ndaa-889", made_by("hikvision", kind=None))
    assert presumed.verdict == "covered"
    assert "its kind is not known, and the text speaks of video surveillance" in presumed.reason
    assert "taken for that, which is most of what these makers sell: to be verified" in presumed.reason
    assert verdict("us-ndaa-889", made_by("hikvision", kind="access-control")).verdict == "cannot-say"
    assert verdict("us-ndaa-889", made_by("huawei", kind=None)).verdict == "cannot-say"


def test_an_affiliate_is_flagged_whatever_the_text_says_of_it() -> None:
    sold = made_by("hikvision", brand="ezviz")
    named, silent = verdict("us-ndaa-889", sold), verdict("us-dod-1260h", sold)
    assert (named.verdict, silent.verdict) == ("covered", "cannot-say")
    for one in (named, silent):
        assert "ezviz is an affiliate of hikvision, to be verified" in one.reason
    assert verdict("us-ndaa-889", made_by("hikrobot", kind="camera")).verdict == "covered"
    assert verdict("us-dod-1260h", made_by("hikrobot", kind="camera")).verdict == "cannot-say"
    assert "affiliate" not in verdict("us-ndaa-889", made_by("hikvision", brand="hilook")).reason


def test_a_brand_of_another_group_makes_no_affiliate() -> None:
    odd = verdict("us-ndaa-889", made_by("dahua", brand="ezviz"))
    assert (odd.verdict, "affiliate" in odd.reason) == ("covered", False)


def test_whether_a_site_is_sensitive_is_never_guessed() -> None:
    camera = made_by("hikvision")
    unknown = verdict("uk-sensitive-sites", camera, country="GB", owner="federal")
    assert unknown.verdict == "cannot-say"
    assert "whether the site is sensitive is not known (sensitive in a site file)" in unknown.reason
    assert verdict("uk-sensitive-sites", camera, **UK_SITE).verdict == "covered"
    assert verdict("uk-sensitive-sites", camera, **UK_SITE | {"sensitive": False}).verdict == "not-covered"
    assert verdict("uk-sensitive-sites", camera, **UK_SITE | {"owner": "municipal"}).verdict == "not-covered"


def test_a_text_without_names_reaches_makers_by_their_seat() -> None:
    for maker in ("uniview", "hytera", "huawei", "tiandy", "reolink"):
        assert verdict("uk-sensitive-sites", made_by(maker), **UK_SITE).verdict == "covered"
    assert verdict("uk-sensitive-sites", made_by("hanwha"), **UK_SITE).verdict == "not-covered"


@pytest.mark.parametrize("maker", sorted(LISTED))
def test_a_camera_of_a_maker_on_some_list_is_never_passed_over(maker: str) -> None:
    """Each maker is named, or cannot be judged, by one text at least where everything about the site is known."""
    sites = (UK_SITE, {"country": "US", "owner": "state", "authority": "Texas"})
    given = {verdict(policy, made_by(maker), **site).verdict for policy in shipped() for site in sites}
    assert given & {"covered", "cannot-say"}
    assert all(verdict(policy, made_by(maker)).reason for policy in shipped())


def test_equipment_that_a_text_may_not_mean_is_not_called_covered() -> None:
    assert verdict("us-ndaa-889", made_by("huawei", kind="router")).verdict == "covered"
    camera = verdict("us-ndaa-889", made_by("huawei"))
    assert (camera.verdict, "telecommunications equipment" in camera.reason) == ("cannot-say", True)
    assert verdict("eu-parliament-2021", made_by("hikvision"), authority="european parliament").verdict == "cannot-say"


def test_what_makes_no_difference_is_not_asked() -> None:
    assert verdict("us-ndaa-889", made_by(None, kind="printer")).verdict == "not-covered"
    assert verdict("uk-sensitive-sites", made_by(None), sensitive=False).verdict == "not-covered"
    assert verdict("uk-sensitive-sites", made_by("axis")).verdict == "not-covered"


def test_what_the_device_is_goes_before_where_it_stands() -> None:
    assert verdict("uk-sensitive-sites", made_by("axis"), sensitive=False).reason.startswith("made by axis")


def test_a_city_decides_for_itself_alone() -> None:
    camera = made_by("dahua")
    assert verdict("nl-amsterdam-2024", camera, authority="gemeente  AMSTERDAM").verdict == "covered"
    assert verdict("nl-amsterdam-2024", camera, authority="Gemeente Utrecht").verdict == "not-covered"
    assert verdict("nl-amsterdam-2024", camera, country="NL", owner="municipal").verdict == "cannot-say"


def test_what_only_the_owner_can_say_is_added() -> None:
    reason = verdict("us-ndaa-889", made_by("dahua")).reason
    assert "other national security purposes: for the owner to say; it binds US executive agencies" in reason
    assert "for the owner to say" not in verdict("us-ndaa-889", made_by(None)).reason
    assert "Not the buyers or users of its cameras" in verdict("us-bis-entity", made_by("dahua")).reason
    assert "it binds" not in verdict("uk-sensitive-sites", made_by("dahua"), **UK_SITE).reason


def test_no_policy_is_on_unless_chosen() -> None:
    known = Policies(known=shipped())
    assert assess(made_by("hikvision"), Assessment(policies=known)).verdicts == ()


def test_a_site_chooses_policies_for_its_own_devices() -> None:
    site = Site(name="depot", policies=("us-ndaa-889", "us-bis-entity"))
    policies = Policies(known=shipped(), chosen=("us-bis-entity",), sites=(site,))
    device = assess(made_by("hikvision"), Assessment(policies=policies))
    assert [one.policy for one in device.verdicts] == ["us-bis-entity", "us-ndaa-889"]
    assert device.site == "depot"


def test_a_middlebox_gets_no_verdict() -> None:
    policies = Policies(known=shipped(), chosen=("us-ndaa-889",))
    assert assess(middlebox(), Assessment(policies=policies)).verdicts == ()


BAD: list[tuple[str, str, str]] = [
    ('id = "xx-test"', 'id = "xx-other"', "its id is xx-other"),
    ('name = "A test"', 'nme = "A test"', "unknown key nme"),
    ('sentence = "It is a test."', "", "sentence is missing"),
    ('sentence = "It is a test."', 'sentence = " "', "sentence is empty"),
    ("effective = 2026-01-01", 'effective = "soon"', "effective is soon, not YYYY-MM-DD"),
    ('confidence = "high"', 'confidence = "certain"', "confidence is certain, none of high, medium"),
    ('scope = ["use"]', 'scope = ["us"]', "scope: us is none of procurement"),
    ('scope = ["use"]', "scope = []", "scope is missing or empty"),
    ('sources = ["a document"]', "sources = []", "sources is missing or empty"),
    ('sources = ["a document"]', "sources = [1]", "sources holds something that is no text"),
    ('makers = ["hikvision"]', 'makers = ["hikvison"]', "reach: makers: hikvison is not in the vocabulary"),
    ('makers = ["hikvision"]', 'makers = ["hikvision"]\nseat = "CN"', "makers and seat"),
    ('makers = ["hikvision"]', 'seat = "XX"', "seat is XX, where no maker"),
    ('makers = ["hikvision"]', 'makers = ["hikvision"]\nkinds = ["camera"]', "kinds need equipment"),
    ('makers = ["hikvision"]', 'makers = ["hikvision"]\nkinds = ["camra"]\nequipment = "x"', "camra is not in the"),
    ('[[reach]]\nmakers = ["hikvision"]\n', "", "reach is missing or empty"),
    ('vendor = "axis"', 'vendor = "axys"', "unknown vendor axys"),
    ('verdict = "covered"', 'verdict = "not-covered"', "example 1: not-covered expected, covered came out"),
    ('verdict = "cannot-say"', 'verdict = "maybe"', "verdict is maybe, none of"),
    ('  { kind = "camera", verdict = "cannot-say" },\n', "", "no example of a device that is not covered, or none"),
    ('on = "2026-01"', 'on = "January"', "on is January"),
]


@pytest.mark.parametrize(("old", "new", "reason"), BAD)
def test_a_bad_datum_is_refused_in_one_line(tmp_path: Path, old: str, new: str, reason: str) -> None:
    assert old in DATUM
    with pytest.raises(KnowledgeError) as raised:
        load(tmp_path, DATUM.replace(old, new))
    assert str(raised.value).startswith(f"{tmp_path / 'policies' / 'xx-test.toml'}: ")
    assert reason in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ('attribute = "colour"\nvalues = ["red"]', "attribute is colour, none of country"),
        ('attribute = "sensitive"\nvalues = ["yes"]', "values of sensitive are not a list of bool"),
        ('attribute = "owner"\nvalues = ["king"]', "values of owner are not among federal"),
        ('attribute = "owner"\nvalues = []', "values of owner are not a list of str"),
    ],
)
def test_a_bad_condition_is_refused(tmp_path: Path, condition: str, reason: str) -> None:
    with pytest.raises(KnowledgeError, match=re.escape(reason)):
        load(tmp_path, f"{DATUM}\n[[condition]]\n{condition}\n")


def test_a_good_datum_loads(tmp_path: Path) -> None:
    policy = load(tmp_path, DATUM)
    assert {example.verdict for example in policy.examples} == set(ANSWERS)
    assert policy_verdict(policy, policy.examples[0].subject, NOWHERE).verdict == "covered"


def test_every_bad_file_is_told_of_and_the_others_count(tmp_path: Path) -> None:
    load(tmp_path, DATUM)
    (tmp_path / "policies" / "xx-bad.toml").write_text("id = 1\n", encoding="utf-8")
    (tmp_path / "policies" / "xx-worse.toml").write_text("id =\n", encoding="utf-8")
    checked = check_policies(tmp_path, terms_of(vocabulary()), date(2026, 11, 29))
    assert (checked.policies, checked.examples, len(checked.defects)) == (1, 3, 2)


@pytest.mark.parametrize(
    "text",
    [
        'date = 2026-11-29\n[[affiliate]]\nid = "nobody"\nof = "hikvision"\nsource = "x"\n',
        'date = 2026-11-29\n[[affiliate]]\nid = "ezviz"\nof = "nobody"\nsource = "x"\n',
        'date = 2026-11-29\n[[affiliate]]\nid = "ezviz"\nof = "hikvision"\n',
        '[[affiliate]]\nid = "ezviz"\nof = "hikvision"\nsource = "x"\n',
    ],
)
def test_a_bad_affiliate_is_refused(tmp_path: Path, text: str) -> None:
    load(tmp_path, DATUM)
    (tmp_path / "affiliates.toml").write_text(text, encoding="utf-8")
    defects: Any = check_policies(tmp_path, terms_of(vocabulary()), date(2026, 11, 29)).defects
    assert len(defects) == 1
    assert "affiliates.toml" in defects[0]
