"""What a dossier answers one kind of reader, of made-up devices."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from camscan.answer import Answers, Told
from camscan.assess.answers.answers import answers
from camscan.assess.answers.told import ASKED, UNJUDGED
from camscan.assess.overview.evidence import evidence_of
from camscan.assess.overview.overview import overview
from camscan.dossier import Dossier, Evidence, Sheet, Span
from camscan.model import Capability, Ignored, Observation, PolicyVerdict
from camscan.place import NOWHERE, Location
from camscan.register import Listed
from camscan.removal import Said
from tests import report_rig
from tests.dossier_rig import dossier, unit
from tests.inventory_rig import advisory, finding

HALL, ROOM = Location(site="Town hall"), Location(site="Town hall", building="East", room="4")
MINE = Ignored(who="me", reason="so", until=None)


def answered(*sheets: Sheet, **changes: Any) -> Answers:
    made = dossier(*sheets, **changes)
    return answers(made, overview(made))


def at(where: Location, number: int, **changes: Any) -> Sheet:
    return replace(unit(number, site=where.site, **changes), where=where)


def able(*names: str) -> tuple[Capability, ...]:
    return tuple(Capability(id=name, state="observed", enabled=None, evidence=()) for name in names)


def ground(value: str, field: str) -> Evidence:
    return Evidence(
        attribute="capability", value=value, confidence=0.9, heard="isapi", field=field, text="x", rule=f"r-{field}",
        source="a manual", date="2026-11-22", more=0,
    )  # fmt: skip


def mixed() -> Dossier:
    said = {HALL: Said(sensitive=True, remove_by=date(2027, 1, 1)), ROOM: Said(remove_by=date(2026, 1, 1))}
    gone = [
        Listed(id=name, values={"vendor": "dahua", **where}, first_seen=1, last_seen=2, gone=3)
        for name, where in (("a", {"site": "Town hall"}), ("b", {}), ("c", {"site": "Depot"}))
    ]
    return dossier(
        at(HALL, 1, kind="camera", model="A", advisories=(advisory(),), findings=(finding(),)),
        at(ROOM, 2, kind="recorder", model="B", advisories=(advisory(verdict="cannot-say"),)),
        at(HALL, 3, kind="intercom", model=None, brand="annke", findings=(finding(state="cannot-say"),)),
        at(NOWHERE, 4, kind="camera", model="A", brand=None),
        at(NOWHERE, 5, vendor="axis"),
        gone=tuple(gone),
        said=said,
    )


def test_a_range_goes_from_what_is_known_to_what_nobody_can_exclude() -> None:
    made = mixed()
    found, spans = overview(made), answers(made, overview(made)).spans
    assert (spans.exploited, found.exploited) == (Span(low=1, high=2), 1)
    assert (spans.exposed, found.exposed) == (Span(low=1, high=2), 1)
    assert spans.rebranded == Span(low=1, high=2)
    assert (spans.sensitive, found.sensitive) == (Span(low=2, high=4), 2)
    assert answered(unit(1)).spans.sensitive is None


def test_what_the_owner_lives_with_is_no_open_question() -> None:
    doubt = replace(advisory(verdict="cannot-say"), ignored=MINE), replace(finding(state="cannot-say"), ignored=MINE)
    spans = answered(unit(1, advisories=doubt[:1], findings=doubt[1:])).spans
    assert (spans.exploited.high, spans.exposed.high) == (0, 0)


@pytest.mark.parametrize("every", [False, True])
def test_parts_add_up_to_what_is_shown(every: bool) -> None:
    made = replace(mixed(), every=every)
    found = overview(made)
    got = answers(made, found)
    whole = len(found.shown)
    assert whole == (5 if every else 4)
    for counts in (got.models, got.kinds, got.since, got.districts):
        assert sum(one.count for one in counts) == whole
    for told in got.told.values():
        assert told.so + told.not_so + told.unsaid == whole
        assert told.unsaid == sum(one.count for one in told.reasons)
    for place in got.places:
        assert place.cameras + place.recorders + place.others == place.total
    assert sum(place.total for place in got.places) == whole
    assert sum(place.gone for place in got.places) == len(found.gone)


def test_the_replacement_list_is_what_removal_counts() -> None:
    made = mixed()
    found = overview(made)
    places = answers(made, found).places
    assert sum(place.total for place in places) == found.removal.left + found.removal.unasked
    assert sum(place.gone for place in places) == found.removal.replaced


def test_places_stand_by_name_with_what_holds_for_them() -> None:
    made = mixed()
    depot, hall, room, nowhere = answers(made, overview(made)).places
    assert [one.where for one in (depot, hall, room, nowhere)] == [Location(site="Depot"), HALL, ROOM, NOWHERE]
    assert (depot.total, depot.gone) == (0, 1)
    assert (hall.cameras, hall.recorders, hall.others, hall.unnamed, hall.gone) == (1, 0, 1, 1, 1)
    assert hall.days_left(date(2026, 12, 31)) == 1
    assert room.days_left(date(2026, 1, 2)) == -1
    assert nowhere.days_left(date(2026, 1, 1)) is None


def test_a_capability_is_known_by_its_own_word_or_by_the_model_number_or_nobody_looked() -> None:
    capable = able("anpr")
    sheets = [
        replace(unit(1, capabilities=capable, model="A", site="S"), evidence=(ground("anpr", "model"),)),
        replace(unit(2, capabilities=capable, model="A"), evidence=(ground("anpr", "model"), ground("anpr", "answer"))),
        unit(3, capabilities=capable),
        unit(4),
    ]
    found = answered(*sheets).abilities["anpr"]
    assert (found.observed, found.inferred, found.untraced, found.total) == (1, 1, 1, 3)
    assert [(one.label, one.count) for one in found.models] == [("A", 2), ("", 1)]
    assert [(one.label, one.count) for one in found.sites] == [("S", 1), ("", 2)]
    assert {one.rule for one in found.grounds} == {"r-model", "r-answer"}


def test_what_nobody_tells_of_is_in_no_count() -> None:
    assert set(answered(unit(1)).abilities) == {"cloud"}
    assert answered(unit(1)).abilities["cloud"].total == 0


def test_the_cloud_is_on_or_off_as_the_device_says() -> None:
    other = finding("serial-disclosed")
    sheets = [
        unit(1, findings=(finding("cloud-enabled"),)),
        unit(2, findings=(replace(finding("cloud-enabled"), ignored=MINE),)),
        unit(3, findings=(other,)),
        unit(4, findings=(finding("cloud-enabled", "cannot-say"),)),
        unit(5),
        unit(6, vendor="axis", findings=(other,)),
    ]
    got = answered(*sheets, every=True)
    cloud = got.abilities["cloud"]
    assert (cloud.enabled, cloud.disabled, cloud.total) == (2, 1, 3)
    told = got.told["cloud-enabled"]
    assert (told.so, told.not_so, told.unsaid) == (2, 1, 3)
    assert {one.label: one.count for one in told.reasons} == {UNJUDGED: 2, "not asked": 1}


def test_of_a_device_that_was_never_judged_nothing_is_said() -> None:
    for told in answered(unit(1)).told.values():
        assert told == Told(id=told.id, so=0, not_so=0, unsaid=1, reasons=told.reasons)


def test_every_question_is_an_exposure_of_the_data() -> None:
    from camscan.cli.known import load_known

    assert set(ASKED) <= {one.id for one in load_known().assessment.exposures}


def test_own_words_go_before_the_model_number() -> None:
    claims = (
        replace(report_rig.claim("capability", "anpr", 0.9), field="model"),
        replace(report_rig.claim("capability", "anpr", 0.6), field="answer"),
    )
    seen = Observation(id="o1", reply=report_rig.reply("10.0.0.1"), fields={}, channels=())
    (found,) = evidence_of(report_rig.device("10.0.0.1", claims=claims, observations=(seen,)))
    assert (found.field, found.more) == ("answer", 1)


def test_a_policy_counts_by_what_its_text_says() -> None:
    def verdict(answer: Any, **changes: Any) -> PolicyVerdict:
        row = PolicyVerdict(policy="p", verdict=answer, reason="", citation="Act 1", date="2026-11-29")
        return replace(row, **changes)

    sheets = [
        unit(1, verdicts=(verdict("covered"),)),
        unit(2, verdicts=(verdict("covered", ignored=MINE),)),
        unit(3, verdicts=(verdict("cannot-say"),)),
        unit(4, verdicts=(verdict("not-covered"),)),
        unit(5),
    ]
    (found,) = answered(*sheets).policies
    assert (found.covered, found.not_covered, found.unsure, found.unjudged) == (2, 1, 1, 1)
    assert found.citation == "Act 1"


def test_models_are_told_with_their_brands_and_the_unknown_last() -> None:
    found = answered(
        unit(1, model="A", brand="annke", capabilities=able("ptz")), unit(2, model="A"), unit(3), unit(4), unit(5)
    ).models
    assert [(one.model, one.count, one.brands, one.abilities) for one in found] == [
        ("A", 2, ("annke",), ("ptz",)),
        (None, 3, (), ()),
    ]


def test_only_what_waits_is_to_be_decided() -> None:
    made = mixed()
    found = {one.id: one.count for one in answers(made, overview(made)).choices}
    assert found == {"exploited": 1, "overdue": 1, "sensitive-first": 2, "at-no-site": 1, "look-again": 4}
    assert answered().choices == ()


def test_a_device_is_known_since_the_year_of_its_first_sight() -> None:
    found = answered(unit(1, first_seen=1_795_000_000.0), unit(2, first_seen=1.0), unit(3)).since
    assert [(one.label, one.count) for one in found] == [("1970", 1), ("2026", 1), ("", 1)]
