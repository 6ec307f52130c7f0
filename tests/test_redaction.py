"""`--redact`: nothing of any original is left in any page or file, and what tells the kind of a device stays."""

import json
import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from functools import cache
from ipaddress import ip_address, ip_network
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camscan.assess.answers.answers import answers
from camscan.assess.overview.overview import overview
from camscan.cli.redaction import checked, words
from camscan.cli.report import Template
from camscan.dossier import Dossier
from camscan.errors import CannotRunError
from camscan.report.export.formats import FORMATS
from camscan.report.export.material import Material
from camscan.report.html.language import languages
from camscan.report.html.report import FULL, as_report_page
from camscan.report.redaction.networks import FOUR, SIX, stand_ins
from camscan.report.redaction.originals import Originals
from camscan.report.redaction.redact import Words, redacted, redacted_material
from camscan.report.redaction.remaining import Remaining
from camscan.report.redaction.rule import Rule
from camscan.report.redaction.treatments import EMPTIED, TREATMENTS
from tests.redaction_rig import Secrets, dossier, left_in, material, secrets, written
from tests.report_rig import HOSTILE
from tools import own_words


@cache
def known() -> Words:
    return words()


def page(dossier: Dossier, title: str | None = None, in_language: str = "en", template: str = FULL) -> str:
    """The page of a redacted dossier, which passed the last look."""
    made = redacted(dossier, title, known())
    return checked(rendered(made.dossier, None, in_language, template), made.check)


def rendered(dossier: Dossier, title: str | None, in_language: str = "en", template: str = FULL) -> str:
    found = overview(dossier)
    worked_out = None if template == FULL else answers(dossier, found)
    return "".join(as_report_page(dossier, found, worked_out, title, in_language, template))


def export(material: Material, form: str) -> str:
    made = redacted_material(material, known())
    rendered = FORMATS[form].render(made.material)
    return checked(rendered, made.check)


@pytest.mark.parametrize("template", Template)
@pytest.mark.parametrize("language", languages())
def test_nothing_is_left_in_a_page_of_any_template(language: str, template: str) -> None:
    many = [secrets(), secrets(1)]
    text = page(dossier(*many), many[0]["title"], language, template)
    assert left_in(text, [value for one in many for value in one.values()]) == []
    assert 'class="redacted"' in text


@pytest.mark.parametrize("language", languages())
def test_nothing_is_left_in_a_page(language: str) -> None:
    many = [secrets(), secrets(1)]
    text = page(dossier(*many), many[0]["title"], language)
    assert left_in(text, [value for one in many for value in one.values()]) == []
    for kept in ("DS-2CD2042WD-I", "V5.4.5", "build 170124", "ANNKE", "CVE-2021-36260", "telnet-open", "44:19:b6"):
        assert kept in text
    assert 'class="redacted"' in text


def test_the_eye_sees_what_is_not_redacted() -> None:
    """Or the tests here would prove nothing: without redaction, all but what no page shows is seen."""
    one = secrets()
    text = rendered(dossier(one), one["title"])
    unseen = {name for name, value in one.items() if not left_in(text, [value])}
    assert unseen == {"device id"}


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_is_left_in_an_export(form: str) -> None:
    many = [secrets(), secrets(1)]
    assert left_in(export(material(*many), form), [value for one in many for value in one.values()]) == []


@pytest.mark.parametrize(
    "text", [*HOSTILE, "<b>Rådhuset & kælderen</b>", "Rat\u202ehaus\u200bkeller", "\u2066\u202eskælmerup"]
)
def test_what_a_name_is_made_of_does_not_matter(text: str) -> None:
    known = secrets() | {"site": text, "tag": text, "person": text, "room": f"{text} 2"}
    assert left_in(page(dossier(known)), [value for value in known.values() if value != text]) == []
    assert text[:40] not in page(dossier(known)) or not re.search(r"\w{4}", text[:40])


@pytest.mark.parametrize(
    "changes",
    [
        lambda one: {"site": f"Kamera {one['serial']}"},
        lambda one: {"site": one["serial"], "tag": one["serial"].lower()},
        lambda one: {"serial": one["site"]},
        lambda one: {"room": f"IPC {one['MAC'].upper().replace(':', '-')}"},
        lambda one: {"tag": one["MAC"].replace(":", "")},
        lambda one: {"UUID": one["serial"]},
        lambda one: {"MAC": one["address"]},
        lambda one: {"address": "fe80::4619:b6ff:fe5a:10e7"},
        lambda one: {"host name": f"ssid-{one['serial'][-9:]}"},
    ],
)
def test_one_may_hold_another(changes: Callable[[Secrets], dict[str, str]]) -> None:
    before = secrets()
    one = before | changes(before)
    assert left_in(page(dossier(one)), {*before.values(), *one.values()} - {before["address"]}) == []


@pytest.mark.parametrize(
    "spell",
    [
        lambda one: f"DS-2CD2042WD-I {one['serial']}",
        lambda one: one["serial"].encode().hex(),
        lambda one: f"IPC-{one['MAC'].replace(':', '').upper()}",
        lambda one: f"IPC{one['MAC'].replace(':', '')[6:]}",
        lambda one: f"cam%20{one['MAC'].replace(':', '%3a')}",
        lambda one: one["site"].upper(),
        lambda one: f"Kamera-{one['site'].replace(' ', '_')}-1",
        lambda one: f"{one['address'].replace('.', '-')}-cam",
        lambda one: one["UUID"].replace("-", "").upper(),
        lambda one: "&#82;oseng&aring;rd Skole 0",
        lambda one: "\\u0052oseng\\u00e5rd Skole 0",
    ],
)
def test_what_a_device_calls_its_model_hides_nothing(spell: Callable[[Secrets], str]) -> None:
    one = secrets()
    given = dossier(one)
    sheets = tuple(replace(s, device=replace(s.device, model=spell(one), firmware=spell(one))) for s in given.sheets)
    text = page(replace(given, sheets=sheets))
    assert left_in(text, [spell(one), *one.values()]) == []


def test_a_page_in_which_something_is_left_is_not_written() -> None:
    one = secrets()
    made = redacted(dossier(one), one["title"], known())
    clean = rendered(made.dossier, None)
    assert checked(clean, made.check) == clean
    for name, value in one.items():
        planted = clean.replace("</main>", f"<p id=leak>{value}</p></main>")
        if name == "remark":
            planted = clean.replace("</main>", f"<p id=leak>{value.upper()}</p></main>")
        with pytest.raises(CannotRunError) as refused:
            checked(planted, made.check)
        said = str(refused.value)
        assert re.fullmatch(
            r"--redact: nothing is written, because an original would be left in it: [\w ]+, line \d+ in leak", said
        ), said
        assert left_in(said, [value]) == []
        assert "\n" not in said


@pytest.mark.parametrize("name", ["MAC", "serial", "UUID", "address", "IPv6 address", "site", "room", "person"])
def test_the_last_look_knows_every_spelling(name: str) -> None:
    one = secrets()
    check = redacted(dossier(one), None, known()).check
    assert {spelled for spelled in written(one[name]) if check(f"<p>so {spelled} said</p>") is None} == set()


def test_one_has_one_stand_in_and_two_have_two() -> None:
    many = [secrets(n) for n in range(40)]
    made = redacted(dossier(*many), None, known()).dossier
    devices = {one.device.id: one for one in made.sheets}
    assert len({one.device.address for one in made.sheets}) == 40
    assert len({one.device.serial for one in made.sheets}) == 40
    assert len({one.device.mac for one in made.sheets}) == 40
    assert len({one.where.site for one in made.sheets}) == len({one.site for one in made.progress}) == 40
    assert {one.id for one in made.gone} <= devices.keys()
    for gone in made.gone:
        assert gone.values["serial"] == devices[gone.id].device.serial
        assert gone.values["mac"] == devices[gone.id].device.mac
        assert gone.values["site"] == devices[gone.id].device.site == devices[gone.id].where.site
    assert {change.device for change in made.comparison.changes} <= devices.keys()  # type: ignore[union-attr]
    assert made.channels.keys() <= devices.keys()
    assert set(made.said) == {replace(one.where, building=None, room=None) for one in made.sheets}


def test_what_tells_the_kind_stays_and_the_length_too() -> None:
    one = secrets()
    device = redacted(dossier(one), None, known()).dossier.sheets[0].device
    assert device.serial is not None and device.serial.startswith("DS-2CD2042WD-IX")
    assert len(device.serial) == len(one["serial"])
    assert (device.mac or "").startswith("44:19:b6:")
    assert (device.first_seen, device.last_seen) == (
        dossier(one).sheets[0].device.first_seen,
        dossier(one).sheets[0].device.last_seen,
    )


def test_a_small_or_unknown_block_of_macs_goes() -> None:
    for mac in ("70:b3:d5:12:34:56", "02:11:22:33:44:55", "fe:dc:ba:98:76:54"):
        made = redacted(dossier(secrets() | {"MAC": mac}), None, known()).dossier
        assert (made.sheets[0].device.mac or "").startswith("02:00:00:")


def test_nothing_of_the_order_is_left() -> None:
    """Turned round, the same devices make the same page: no number tells who came first."""
    many = [secrets(n) for n in range(12)]
    given = dossier(*many)
    turned = replace(given, sheets=given.sheets[::-1], gone=given.gone[::-1])
    assert redacted(given, None, known()).dossier.sheets == redacted(turned, None, known()).dossier.sheets
    assert redacted(given, None, known()).dossier.gone == redacted(turned, None, known()).dossier.gone
    stand_in = {one.device.address for one in redacted(given, None, known()).dossier.sheets}
    assert sorted(stand_in) != [one["address"] for one in many]


def test_a_number_that_is_left_out_tells_nothing() -> None:
    """A stand-in never ends as an original does; so that gaps do not tell these ends, there are others."""
    many = [secrets(n) | {"MAC": f"44:19:b6:00:00:{n:02x}"} for n in range(2, 40)]
    made = redacted(dossier(*many), None, known()).dossier
    macs = {one.device.mac or "" for one in made.sheets}
    assert not {one["MAC"] for one in many} & macs
    serials = sorted(int((one.device.serial or "").rpartition("X")[2]) for one in made.sheets)
    gaps = set(range(1, serials[-1])) - set(serials)
    assert len(gaps) > 5


def test_files_of_one_inventory_fit_together_and_stay_the_same() -> None:
    many = [secrets(n) for n in range(5)]
    devices = export(material(*many), "netbox")
    names = {line.split(",")[0] for line in devices.splitlines()[1:]}
    assert {line.split(",")[0] for line in export(material(*many), "netbox-interfaces").splitlines()[1:]} == names
    assert export(material(*many), "netbox") == devices
    assert export(material(*many[:4]), "csv") not in export(material(*many), "csv")


def test_networks_stay_together() -> None:
    hosts = [f"10.0.{net}.{n}" for net in (0, 1, 7) for n in range(1, 200)] + [
        "192.168.9.5",
        "fd00::1",
        "fd00::2",
        "fd00:0:0:1::1",
    ]
    nets = ["10.0.0.0/16", "10.0.0.0/22", "10.0.7.0/24", "10.0.7.64/26", "192.168.9.5", "0.0.0.0/0", "fd00::/64"]
    found = stand_ins(hosts, nets, lambda text: text[::-1].encode())
    assert len({found[host] for host in hosts}) == len(hosts)
    for net in (one for one in nets if "/" in one and one != "0.0.0.0/0"):
        assert ip_network(found[net]).prefixlen == ip_network(net).prefixlen
        inside = {host for host in hosts if ip_address(host) in ip_network(net)}
        assert inside == {host for host in hosts if ip_address(found[host]) in ip_network(found[net])}
    assert all(ip_address(found[host]) in ip_network("240.0.0.0/4") for host in hosts if "." in host)
    assert all(ip_address(found[host]) in ip_network("2001:db8::/32") for host in hosts if ":" in host)


def test_ten_thousand_addresses_in_five_hundred_networks_have_room() -> None:
    hosts = [f"10.{n >> 13}.{n >> 5 & 255}.{n & 31}" for n in range(16_000)] + ["240.0.1.1", "240.0.0.1"]
    found = stand_ins(hosts, ["10.0.0.0/8", "240.0.0.0/24"], lambda text: text[::-1].encode())
    assert len(set(found.values())) == len({*hosts}) + 2
    assert not set(hosts) & set(found.values())


def records(kind: Any, seen: set[type]) -> None:
    """Every record within a type."""
    for inner in get_args(kind):
        records(inner, seen)
    if (
        get_origin(kind) is None
        and isinstance(kind, type)
        and (is_dataclass(kind) or hasattr(kind, "_fields"))
        and kind not in seen
    ):
        seen.add(kind)
        for hint in get_type_hints(kind).values():
            records(hint, seen)


def test_every_field_that_may_hold_a_text_has_a_treatment() -> None:
    """A new field of a dossier is masked as a sentence until somebody says in `treatments.py` what it is."""
    seen: set[type] = set()
    records(Dossier, seen)
    records(Material, seen)
    for kind in seen:
        if kind.__name__ in ("Claim", "Conflict", "Observation", "Reply", "Action"):
            continue  # emptied with what holds them
        hints = get_type_hints(kind)
        for name, hint in hints.items():
            if holds_text(hint) and name not in EMPTIED.get(kind, ()):
                assert name in TREATMENTS.get(kind, {}), f"{kind.__name__}.{name}"
    for kind, treatments in TREATMENTS.items():
        names = {f.name for f in fields(kind)} if is_dataclass(kind) else set(kind._fields)  # type: ignore[attr-defined]
        assert treatments.keys() <= names, kind


def holds_text(hint: Any) -> bool:
    return hint in (str, object) or any(holds_text(one) for one in get_args(hint) if get_origin(hint) is not None)


def test_words_of_the_program_are_up_to_date() -> None:
    """Else: python tools/own_words.py. A word that is missing is masked, which says less and leaks nothing."""
    assert own_words.FILE.read_text(encoding="utf-8").split() == own_words.words()


def test_what_is_too_common_is_not_looked_for() -> None:
    originals = Originals(own=frozenset({"server", "room"}))
    for rule, text in (
        (Rule.SITE, "A"), (Rule.ROOM, "Server room"), (Rule.ROOM, "12"), (Rule.SERIAL, "1234"),
        (Rule.SERIAL, "000000000"),
        (Rule.MAC, "00:00:00:00:00:00"), (Rule.ADDRESS, "192.168.1.108"), (Rule.ROOM, "Room 12"),
        (Rule.TAG, "20270630"), (Rule.PLACE, "/srv/room-20261130"), (Rule.SERIAL, "20261129"),
    ):  # fmt: skip
        originals.note(rule, text)
    text = "A Server room 12 1234 000000000 00:00:00:00:00:00 192.168.1.108 Room 12 2027-06-30 2026-11-30 2026-11-29"
    assert Remaining(originals).kind_in(text) is None


def test_the_end_of_a_mac_that_is_a_colour_of_the_page_refuses_no_page() -> None:
    text = page(dossier(secrets()))
    colours = {found for found in re.findall(r"#([0-9a-f]{6})\b", text) if not found.isdigit() and not found.isalpha()}
    kinds = []
    for own in (known().own, frozenset[str]()):
        originals = Originals(own=own)
        for colour in colours:
            originals.note(Rule.MAC, f"44:19:b6:{colour[:2]}:{colour[2:4]}:{colour[4:]}")
        kinds.append(Remaining(originals).kind_in(text))
    assert kinds == [None, Rule.MAC]


@pytest.mark.parametrize("form", ["cyclonedx", "jsonl"])
def test_the_keys_of_a_file_are_no_owners(form: str) -> None:
    keys: set[str] = set()
    text = export(material(secrets()), form)
    for line in text.splitlines() if form == "jsonl" else [text]:
        json.loads(line, object_pairs_hook=lambda pairs: keys.update(key for key, _ in pairs))
    assert "address" in keys or "specVersion" in keys
    assert {key.casefold() for key in keys if len(key) >= 4 and key.isalpha()} - known().own == set()


def test_what_is_too_common_still_goes_where_it_stands_as_what_it_is() -> None:
    one = secrets() | {"site": "A", "room": "12", "serial": "1234", "tag": "camera"}
    sheets = redacted(dossier(one), None, known()).dossier.sheets
    assert {(s.device.room, s.device.tags) for s in sheets} == {("Room 1", ("Tag 1",))}
    assert all((s.device.site or "").startswith("Site ") for s in sheets)
    assert "1234" not in {s.device.serial for s in sheets}


MODEL = "DS-2CD2042WD-I"
LETTERS = st.text("abcdefghkmnrstuøåßж漢 -_./:%&<\"'\u202e0123456789", min_size=1, max_size=30)


def _stands_in(text: str) -> bool:
    """Whether somebody's word is a network of those that nobody can have: the program's own, and refused for that."""
    try:
        net = ip_network(text, strict=False)
    except ValueError:
        return False
    return any(net.version == own.version and net.overlaps(own) for own in (FOUR, SIX))


@settings(max_examples=60)
@given(data=st.data())
def test_no_inventory_leaks(data: st.DataObject) -> None:
    """Whatever owners and devices choose: of all that tells something nothing is left, by an eye of its own."""
    one = secrets()
    for name in ("site", "room", "building", "tag", "person", "serial", "remark", "title", "vantage", "policy"):
        if data.draw(st.booleans(), label=name):
            one[name] = data.draw(LETTERS.filter(lambda text: not _stands_in(text)), label=name)
    one["MAC"] = ":".join(f"{n:02x}" for n in data.draw(st.binary(min_size=6, max_size=6)))
    model = data.draw(st.sampled_from([MODEL, *one.values()]), label="model")
    given_one = dossier(one)
    sheets = tuple(replace(s, device=replace(s.device, model=model)) for s in given_one.sheets)
    try:
        text = page(replace(given_one, sheets=sheets), one["title"])
    except CannotRunError:
        if model == MODEL:
            raise
        return  # a device tells a secret as its model: the program found it by itself, and wrote nothing
    telling = [value for value in one.values() if is_telling(value)]
    assert left_in(text, [value for value in telling if not left_in(of_others(), [value])]) == []


@cache
def of_others() -> str:
    """The page of another owner: what stands there too is the program's (`redact` in its own markup)."""
    return page(dossier(secrets(50)))


def is_telling(text: str) -> bool:
    """As the documents say: a strange word of four letters, or a number of enough signs."""
    found = re.findall(r"[^\W_]+", text.casefold())
    strange = [word for word in found if word not in known().own and not (word.isdigit() and len(word) < 6)]
    return len("".join(strange)) > 5 and len(set("".join(found))) > 2 and any(len(word) > 5 for word in strange)
