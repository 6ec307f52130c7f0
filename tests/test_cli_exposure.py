"""`camscan exposure` and `camscan scan --vantage`, through the command itself."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from camscan.cli import reading
from camscan.intake import json_value
from camscan.report.exposure import COLUMNS
from tests.cli_rig import Scanner, install, run
from tests.report_rig import HOSTILE, device, hostile
from tests.vantage_rig import box, cam, file, numbered, row, scan, services


@pytest.fixture
def office(tmp_path: Path) -> str:
    """Two cameras."""
    devices = cam("10.0.0.64"), numbered("DS-2CD2042WD-I20160101AAWR123456789", "10.0.0.65", brand="annke")
    return file(tmp_path / "office.json", scan("office", *devices))


@pytest.fixture
def guest(tmp_path: Path) -> str:
    """None of them."""
    return file(tmp_path / "guest.json", scan("guest-wifi", hour=1))


def valid(text: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(text)
    jsonschema.Draft202012Validator(json.loads(run("schema", "exposure").out)).validate(data)
    return data


def test_the_statement_stands_on_top_and_the_matrix_below(office: str, tmp_path: Path) -> None:
    guest = file(tmp_path / "guest.json", scan("guest-wifi", cam("10.0.0.64", "tcp/80/http"), hour=1))
    dmz = file(tmp_path / "dmz.json", scan("dmz", scope=("10.0.0.64/32",), hour=2))
    ended = run("exposure", office, guest, dmz)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        "office reaches 2 of 2 devices (scan of 2026-11-18 11:06 UTC)",
        "guest-wifi reaches 1 of 2 devices (scan of 2026-11-18 12:06 UTC)",
        "dmz reaches 0 of 2 devices, 1 was not asked (scan of 2026-11-18 13:06 UTC)",
        "",
        "Address    Maker (brand)      Model           office          guest-wifi   dmz",
        "10.0.0.64  hikvision          DS-2CD2042WD-I  tcp/80 tcp/554  tcp/80       not reached",
        "10.0.0.65  hikvision (annke)  DS-2CD2042WD-I  tcp/80 tcp/554  not reached  not asked",
        "",
        "Not known, or not for certain, from dmz",
        "not asked, not in its scope: 10.0.0.65",
    ]


def test_where_a_device_answers_elsewhere_the_cell_says_where(office: str, tmp_path: Path) -> None:
    outside = numbered("DS-2CD2042WD-I20160101AAWR123456789", "203.0.113.9", "tcp/8000/hik_sdk")
    internet = file(tmp_path / "internet.json", scan("internet", outside, scope=("203.0.113.9/32",), hour=-1))
    assert "  at 203.0.113.9: tcp/8000\n" in run("exposure", office, internet).out


def test_a_nameless_host_at_the_address_of_a_camera_is_marked(office: str, tmp_path: Path) -> None:
    portal = device("10.0.0.64", services=services("10.0.0.64", "tcp/80/http"))
    ended = run("exposure", office, file(tmp_path / "guest.json", scan("guest", portal)), "--fail-on-reach", "guest")
    assert "tcp/80 *\n" in ended.out
    assert (
        "\nreached, at its address, by a host that named no maker: perhaps another, or a portal: 10.0.0.64\n"
        in ended.out
    )
    assert ended.code == 1


def test_the_json_follows_the_published_schema(office: str, guest: str) -> None:
    ended = run("exposure", office, guest, "--format", "json")
    data = valid(ended.out)
    assert data["schema"] == "camscan.exposure/1"
    assert [(v["name"], v["verdict"], v["reached"], v["not_reached"]) for v in data["vantages"]] == [
        ("office", "reached", 2, 0),
        ("guest-wifi", "not-reached", 0, 2),
    ]
    first = data["devices"][0]
    assert [(cell["vantage"], cell["verdict"], cell["addresses"]) for cell in first["reach"]] == [
        ("office", "reached", ["10.0.0.64"]),
        ("guest-wifi", "not-reached", []),
    ]
    assert [(s["transport"], s["port"], [c["verdict"] for c in s["reach"]]) for s in first["services"]] == [
        ("tcp", 80, ["reached", "not-reached"]),
        ("tcp", 554, ["reached", "not-reached"]),
    ]
    assert "camscan: guest-wifi reaches 0 of 2 devices" in ended.err
    assert run("exposure", office, guest, "--format", "json", "--quiet").err == ""


def test_without_a_device_it_is_valid_too(guest: str) -> None:
    assert valid(run("exposure", guest, "-f", "json").out)["devices"] == []
    assert run("exposure", guest).out.startswith("guest-wifi reaches 0 of 0 devices (scan of ")
    assert run("exposure", guest, "-f", "csv").out == ",".join(COLUMNS) + "\n"


def test_csv_has_a_row_for_every_cell(office: str, guest: str) -> None:
    rows = list(csv.DictReader(io.StringIO(run("exposure", office, guest, "-f", "csv").out)))
    assert len(rows) == 2 * 2 * 3
    told = [(r["address"], r["vantage"], r["port"], r["verdict"], r["answered_at"]) for r in rows[:4]]
    assert told == [
        ("10.0.0.64", "office", "", "reached", "10.0.0.64"),
        ("10.0.0.64", "office", "80", "reached", ""),
        ("10.0.0.64", "office", "554", "reached", ""),
        ("10.0.0.64", "guest-wifi", "", "not-reached", ""),
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_device_can_change_no_form(text: str, tmp_path: Path) -> None:
    one = file(tmp_path / "one.json", scan("office", hostile(text), rows=(row(reason=text, state="partial"),)))
    two = file(tmp_path / "two.json", scan("guest", rows=(row(reason=text, state="partial"),)))
    for form in ("table", "csv", "json"):
        ended = run("exposure", one, two, "-f", form)
        assert ended.code == 0
        assert all(c.isprintable() or c == "\n" for c in ended.out)
    valid(ended.out)


def test_all_shows_every_maker(tmp_path: Path) -> None:
    other = device("10.0.0.70", vendor="axis", confidence={"vendor": 0.9})
    one = file(tmp_path / "one.json", scan("office", other, box("10.0.0.1", "10.0.0.2")))
    assert run("exposure", one).out.startswith(
        "office reaches 0 of 0 devices, 1 middlebox answered for many addresses (scan"
    )
    assert "\n10.0.0.70  axis           -      answers, no service\n" in run("exposure", one, "--all").out


def fails(*arguments: str) -> tuple[int, str]:
    ended = run("exposure", *arguments)
    return ended.code, ended.err.removeprefix("camscan: ")


def test_a_vantage_that_must_reach_nothing_has_an_exit_code(office: str, guest: str, tmp_path: Path) -> None:
    watch = "--fail-on-reach"
    assert fails(office, guest, watch, "guest-wifi") == (0, "")
    assert fails(office, guest, watch, "office") == (1, "--fail-on-reach office: reaches a device\n")
    elsewhere = file(tmp_path / "dmz.json", scan("dmz", scope=("10.0.0.64/32",)))
    unknown = "--fail-on-reach dmz: whether it reaches a device is not known: not in its scope\n"
    assert fails(office, elsewhere, watch, "dmz") == (3, unknown)
    assert fails(office, guest, elsewhere, watch, "dmz", watch, "office")[0] == 1
    assert fails(office, guest, elsewhere, watch, "guest-wifi", watch, "dmz")[0] == 3
    assert fails(office, elsewhere, watch, "dmz", "--quiet") == (3, "")


def test_what_is_not_known_is_never_clean(office: str, guest: str, tmp_path: Path) -> None:
    watch = ("--fail-on-reach", "guest-wifi")
    assert fails(guest, *watch)[0] == 3
    cut = file(tmp_path / "cut.json", scan("guest-wifi", partial=True))
    assert fails(office, cut, *watch) == (
        3,
        "--fail-on-reach guest-wifi: whether it reaches a device is not known: its scan is partial\n",
    )
    assert fails(office, guest, "--fail-on-reach", "guest-wify") == (
        2,
        "--fail-on-reach guest-wify: no file is from there; there are office, guest-wifi\n",
    )


def test_a_nameless_host_at_a_port_of_cameras_is_named_and_never_clean(office: str, tmp_path: Path) -> None:
    strangers = tuple(device(a, services=services(a, "tcp/554/rtsp")) for a in ("10.0.0.98", "10.0.0.99"))
    guest = file(tmp_path / "guest.json", scan("guest-wifi", *strangers))
    reason = (
        "whether it reaches a device is not known: a host of no known maker answers: 10.0.0.98 at tcp/554 and 1 more"
    )
    assert fails(office, guest, "--fail-on-reach", "guest-wifi") == (3, f"--fail-on-reach guest-wifi: {reason}\n")


def test_translated_addresses_are_named_by_the_user(office: str, tmp_path: Path) -> None:
    internet = file(tmp_path / "internet.json", scan("internet", scope=("203.0.113.8/29",), hour=2))
    watch = ("--fail-on-reach", "internet")
    assert fails(office, internet, *watch)[0] == 3
    told = (
        "whether it reaches a device is not known: 203.0.113.8: the first or last of a network, which it does not ask"
    )
    assert fails(office, internet, *watch, "--behind", "internet=203.0.113.8/29") == (
        3,
        f"--fail-on-reach internet: {told}\n",
    )
    assert fails(office, internet, *watch, "--behind", "internet=203.0.113.9-203.0.113.14") == (0, "")
    every = ("203.0.113.8/29", "203.0.113.8/32", "203.0.113.15/32")
    rows = tuple(row(c, "203.0.113.8/29") for c in ("tcp connect", "sadp unicast"))
    internet = file(tmp_path / "internet.json", scan("internet", scope=every, rows=rows, hour=2))
    assert fails(office, internet, *watch, "--behind", "internet=203.0.113.8/29") == (0, "")
    assert fails(office, internet, *watch, "--behind", "internet=203.0.113.9,203.0.113.20")[0] == 3


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("internet", '--behind "internet": no VANTAGE=TARGET, such as internet=203.0.113.8/29'),
        ("inernet=203.0.113.9", "--behind inernet: no file is from there; there are office"),
        ("office=", '--behind: "": empty'),
        ("office=router.example", '--behind: "router.example": a host name; give its addresses'),
        ("office=10.0.0.0/8", '--behind: "10.0.0.0/8": more than 4,096 addresses'),
        ("office=10.0.0.300", '--behind: "10.0.0.300": Octet 300 (> 255) not permitted'),
    ],
)
def test_translated_addresses_that_are_none_are_one_line(office: str, word: str, reason: str) -> None:
    assert fails(office, "--behind", word) == (2, f"{reason}\n")


def test_the_output_is_a_file_whole_or_not_at_all(office: str, guest: str, tmp_path: Path) -> None:
    out = tmp_path / "matrix.json"
    ended = run("exposure", office, guest, "-f", "json", "-o", str(out))
    assert (ended.code, ended.out) == (0, "")
    assert "camscan: office reaches 2 of 2 devices" in ended.err
    valid(out.read_text(encoding="utf-8"))
    before = Path(office).read_bytes()
    assert run("exposure", office, "-o", office).code == 2
    assert run("exposure", office, "-o", "/nonexistent/x").code == 2
    assert Path(office).read_bytes() == before


def test_a_result_may_come_on_stdin_once(office: str, guest: str) -> None:
    text = Path(guest).read_text(encoding="utf-8")
    assert "guest-wifi reaches 0 of 2 devices" in run("exposure", office, "-", stdin=text).out
    assert fails("-", "-") == (2, "stdin can be read only once: `-` stands twice\n")


def test_a_file_given_twice_counts_once(tmp_path: Path) -> None:
    one = file(tmp_path / "one.json", scan("office", box("10.0.0.1", "10.0.0.2")))
    assert ", 1 middlebox answered" in run("exposure", one, one).out


def contents() -> Iterator[Any]:
    recorded = {"address": "10.0.0.64", "protocol": "sadp", "transport": "udp", "reply": "x"}
    yield pytest.param(b"", "not JSON: Expecting value", id="empty")
    yield pytest.param(b"<nmaprun/>", "not JSON: Expecting value", id="nmap")
    yield pytest.param(json.dumps(recorded).encode(), "not a result of camscan (camscan.scan/1, as", id="recording")
    yield pytest.param(b'{"schema": "camscan.scan/1", "x": "\xff"}', "not UTF-8 text", id="latin-1")
    yield pytest.param(b"[" * 99, "not JSON: Expecting value", id="list")
    twice = ",".join(f'"key-{n}": 0' for n in [*range(20_000), 19_999])
    yield pytest.param(f"{{{twice}}}".encode(), "not JSON: the key 'key-19999' stands twice in one object", id="twice")
    yield pytest.param(b'{"a":' * 99_999, "not JSON: nested too deep", id="deep")


@pytest.mark.parametrize(("content", "reason"), list(contents()))
def test_a_file_that_is_none_is_one_line(content: bytes, reason: str, office: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    ended = run("exposure", office, str(path), "-o", str(tmp_path / "out"))
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert ended.err.startswith(f"camscan: {path}: {reason}")
    assert not (tmp_path / "out").exists()


def test_a_text_of_too_many_lists_and_objects_is_one_line_before_it_costs_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_value, "CONTAINERS", 500)
    path = tmp_path / "many.json"
    text = '{"schema": "camscan.scan/1", "x": [' + ",".join(["[]"] * 1000) + "]}"
    path.write_text(text)
    monkeypatch.setattr("json.loads", lambda *_, **__: pytest.fail("it was read"))
    assert fails(str(path)) == (2, f"{path}: more than {500 + len(text) // 16} lists and objects\n")


def test_brackets_in_texts_are_no_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_value, "CONTAINERS", 500)
    path = tmp_path / "texts.json"
    path.write_text(json.dumps({"schema": "no", "x": ['["\\{' * 400] * 3}))
    assert "not a result of camscan" in fails(str(path))[1]


@pytest.mark.parametrize("name", ["Guest-WiFi", "guest\uff0dwifi", "GUEST-WIFI"])
def test_two_names_that_differ_only_in_spelling_are_refused(name: str, guest: str, tmp_path: Path) -> None:
    other = file(tmp_path / "other.json", scan(name))
    code, err = fails(guest, other)
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith("scan.vantage: 'guest-wifi' and ")
    decomposed = [file(tmp_path / f"{n}.json", scan(text)) for n, text in enumerate(("B\u00fcro", "Bu\u0308ro"))]
    assert fails(*decomposed)[0] == 2


def test_a_replay_is_from_nowhere(tmp_path: Path) -> None:
    path = file(tmp_path / "replay.json", replace(scan("x"), vantage=None))
    assert fails(path) == (2, f"{path}: scan.vantage: null: nobody says from where this was asked\n")


def test_a_file_without_end_or_too_large_is_one_line(office: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fails("/dev/zero")[0] == 2
    assert fails("/nonexistent") == (2, "/nonexistent: No such file or directory\n")
    monkeypatch.setattr(reading, "SIZE_LIMIT", 100)
    assert fails(office) == (2, f"{office}: more than 100 characters in one piece\n")


@pytest.fixture
def scanner(monkeypatch: pytest.MonkeyPatch) -> Scanner:
    return install(monkeypatch)


def test_a_scan_says_from_where_it_was_made(scanner: Scanner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.node", lambda: "laptop-7")
    assert run("scan", "10.0.0.5").code == 0
    assert run("scan", "10.0.0.5", "--vantage", " guest wifi, 2nd floor ").code == 0
    assert [plan.vantage for plan in scanner.plans] == ["laptop-7", "guest wifi, 2nd floor"]
    plan = json.loads(run("scan", "10.0.0.5", "--vantage", "dmz", "--dry-run", "-f", "json").out)
    assert plan["vantage"] == "dmz"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "empty; name the place in the network, such as office or guest-wifi"),
        ("  ", "empty; name the place in the network, such as office or guest-wifi"),
        ("x" * 65, "65 characters; 64 at most"),
        ("a\x1b[31m", r"'a\x1b[31m' has characters that cannot be printed"),
        ("a\nb", r"'a\nb' has characters that cannot be printed"),
        ("a\u202eb", r"'a\u202eb' has characters that cannot be printed"),
    ],
)
def test_a_name_that_is_none_is_one_line_before_anything_is_sent(scanner: Scanner, name: str, reason: str) -> None:
    ended = run("scan", "10.0.0.5", "--vantage", name)
    assert (ended.code, ended.out, scanner.plans) == (2, "", [])
    assert ended.err == f"camscan: --vantage: {reason}\n"


def test_a_scan_goes_on_from_the_same_place_or_not_at_all(scanner: Scanner, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    scanner.result = replace(scan("guest"), failure="the disk is full")
    again = ("scan", "10.0.0.5", "--resume", str(journal), "--quiet")
    assert run(*again, "--vantage", "guest").code == 4
    before = journal.read_bytes()
    ended = run(*again, "--vantage", "office")
    assert (ended.code, len(scanner.plans)) == (2, 1)
    assert ended.err.endswith(": begun as another scan; vantage: now without guest and with office\n")
    assert run(*again).code == 2
    assert journal.read_bytes() == before
    scanner.result = scan("guest")
    assert run(*again, "--vantage", "guest").code == 0
    assert scanner.plan.vantage == "guest"
