"""`--policy` and `--site` wherever devices are judged, and `camscan policy`."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from camscan.cli import conduct
from camscan.cli.anew import held_anew
from camscan.cli.chosen import Chosen
from camscan.cli.known import Known, load_known
from camscan.discover.plan import Plan
from camscan.identify import knowledge_base
from camscan.identify.knowledge_base import Knowledge, load_knowledge
from camscan.report.document import as_document
from camscan.report.shape import Document
from camscan.transport.wire import Wire
from tests.cli_rig import install, run
from tests.import_rig import fingerprint, host, nmap_file, port
from tests.policy_rig import shipped
from tests.report_rig import camera, middlebox, result
from tests.test_cli_commands import SADP, line, valid

PAGE = b'HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 08:00:00 GMT\r\nServer: App-webs/\r\nETag: "0-7c3"\r\n\r\n'
SITES = '[[site]]\nname = "Whitehall"\nnetworks = ["10.0.0.0/24"]\ncountry = "GB"\nowner = "federal"\n'


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture(autouse=True)
def loaded_once(knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knowledge_base, "load_knowledge", lambda directory, **given: knowledge)


@pytest.fixture
def recording(tmp_path: Path) -> str:
    """One Hikvision camera at 10.0.0.64."""
    return write(tmp_path / "replies.jsonl", line(SADP.format(model="DS-2CD2042WD-I")))


@pytest.fixture
def scan_json(recording: str, tmp_path: Path) -> str:
    """The same as a scan's JSON, held against nothing."""
    return write(tmp_path / "scan.json", run("replay", recording, "-f", "json").out)


def write(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def device_of(text: str) -> dict[str, Any]:
    (device,) = valid(text)["devices"]
    assert isinstance(device, dict)
    return device


def test_without_a_policy_there_is_no_verdict(recording: str) -> None:
    device = device_of(run("replay", recording, "-f", "json").out)
    assert (device["verdicts"], device["site"]) == ([], None)
    assert "Policies" not in run("replay", recording).out


def test_a_replay_holds_devices_against_the_policies_chosen(recording: str) -> None:
    ended = run("replay", recording, "-f", "json", "--policy", "us-ndaa-889", "--policy", "uk-sensitive-sites")
    document = valid(ended.out)
    first, second = document["devices"][0]["verdicts"]
    assert (first["policy"], first["verdict"], first["date"]) == ("us-ndaa-889", "covered", "2019-08-13")
    assert first["citation"] == shipped()["us-ndaa-889"].citation
    assert (second["policy"], second["verdict"]) == ("uk-sensitive-sites", "cannot-say")
    assert document["data"]["policies"] == max(policy.date for policy in shipped().values())


def test_the_table_has_one_line_a_policy(recording: str) -> None:
    out = run("replay", recording, "--policy", "us-ndaa-889", "--policy", "us-ndaa-889").out
    assert out.count("us-ndaa-889: covered 1, not covered 0, cannot say 0  (Public Law 115-232") == 1


def test_the_site_of_a_device_decides(recording: str, tmp_path: Path) -> None:
    for sensitive, answer in (("", "cannot-say"), ("sensitive = true\n", "covered"), ("sensitive = false\n", None)):
        sites = write(tmp_path / "sites.toml", SITES + sensitive + 'policies = ["uk-sensitive-sites"]\n')
        device = device_of(run("replay", recording, "-f", "json", "--site", sites).out)
        assert device["site"] == "Whitehall"
        assert [one["verdict"] for one in device["verdicts"]] == [answer or "not-covered"]


def test_an_import_holds_devices_against_policies_too(tmp_path: Path) -> None:
    results = write(tmp_path / "nmap.xml", nmap_file(host(port(80, service=fingerprint(GetRequest=PAGE)))))
    ended = run("import", results, "-f", "json", "--policy", "us-bis-entity")
    assert [one["verdict"] for one in device_of(ended.out)["verdicts"]] == ["covered"]


def test_a_scan_loads_its_policies_before_it_begins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    loaded: list[Known] = []
    scanner = install(monkeypatch)
    monkeypatch.setattr(conduct, "load_known", load_known)

    async def scan(plan: Plan, wire: Wire, load: Callable[[], Known], **named: Any) -> Any:
        monkeypatch.setattr(conduct, "load_known", lambda *_: pytest.fail("loaded once more"))
        loaded.append(load())
        return await scanner.scan(plan, wire, load, **named)

    monkeypatch.setattr(conduct, "scan", scan)
    sites = write(tmp_path / "sites.toml", SITES)
    assert run("scan", "10.0.0.5", "--quiet", "--policy", "us-ndaa-889", "--site", sites).code == 0
    policies = loaded[0].assessment.policies
    monkeypatch.setattr(conduct, "load_known", load_known)
    assert (policies.chosen, [site.name for site in policies.sites]) == (("us-ndaa-889",), ["Whitehall"])
    assert run("scan", "10.0.0.5", "--policy", "nope").code == 2
    assert len(scanner.plans) == 1


@pytest.mark.parametrize("command", ["replay", "explain", "import"])
def test_a_policy_that_is_not_known_is_one_line_naming_those_there_are(
    recording: str, tmp_path: Path, command: str
) -> None:
    results = write(tmp_path / "nmap.xml", nmap_file(host(port(80, service=fingerprint(GetRequest=PAGE)))))
    arguments = {"replay": [recording], "import": [results], "explain": ["10.0.0.64", "--from", recording]}
    ended = run(command, *arguments[command], "--policy", "us-ndaa-899")
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert ended.err.startswith("camscan: no policy us-ndaa-899; there are au-commonwealth-2023, ")
    assert "us-ndaa-889" in ended.err


def test_a_bad_site_file_is_one_line(recording: str, tmp_path: Path) -> None:
    sites = write(tmp_path / "sites.toml", SITES + "senstive = true\n")
    ended = run("replay", recording, "--site", sites)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"camscan: {sites}: site Whitehall: unknown key senstive\n"


@pytest.mark.parametrize("source", ["recording", "scan_json"])
def test_explain_gives_each_verdict_its_reason_citation_and_date(source: str, request: pytest.FixtureRequest) -> None:
    path = request.getfixturevalue(source)
    out = run("explain", "10.0.0.64", "--from", path, "--policy", "us-ndaa-889").out
    assert "policies\n  covered: us-ndaa-889\n      made by hikvision (94% sure); the text names hikvision" in out
    assert f"      {shipped()['us-ndaa-889'].citation}, 2019-08-13\n" in out
    (found,) = json.loads(run("explain", "10.0.0.64", "--from", path, "--policy", "us-ndaa-889", "-f", "json").out)
    assert found["verdicts"][0]["verdict"] == "covered"


def test_explain_keeps_the_verdicts_of_then_and_renews_those_asked_for(
    recording: str, scan_json: str, tmp_path: Path
) -> None:
    judged = run("replay", recording, "-f", "json", "--policy", "uk-sensitive-sites", "--policy", "us-bis-entity").out
    old = write(tmp_path / "old.json", judged)
    sites = write(tmp_path / "sites.toml", SITES + "sensitive = true\n")
    arguments = ("explain", "10.0.0.64", "--from", old, "-f", "json")
    (then,) = json.loads(run(*arguments).out)
    assert [(v["policy"], v["verdict"]) for v in then["verdicts"]] == [
        ("uk-sensitive-sites", "cannot-say"),
        ("us-bis-entity", "covered"),
    ]
    (now,) = json.loads(run(*arguments, "--site", sites, "--policy", "uk-sensitive-sites").out)
    assert [(v["policy"], v["verdict"]) for v in now["verdicts"]] == [
        ("us-bis-entity", "covered"),
        ("uk-sensitive-sites", "covered"),
    ]
    assert (then["site"], now["site"]) == (None, "Whitehall")


def test_explain_keeps_the_site_of_then_where_no_site_file_says_otherwise(recording: str, tmp_path: Path) -> None:
    sites = write(tmp_path / "sites.toml", SITES)
    old = write(tmp_path / "old.json", run("replay", recording, "-f", "json", "--site", sites).out)
    (now,) = json.loads(run("explain", "10.0.0.64", "--from", old, "-f", "json", "--policy", "us-bis-entity").out)
    assert (now["site"], len(now["verdicts"])) == ("Whitehall", 1)


def test_a_middlebox_of_an_old_result_gets_no_verdict() -> None:
    document = Document.model_validate(as_document(result(middlebox(), camera()), "0"))
    held = held_anew(document, Chosen(policies=("us-bis-entity",)), None)
    assert [len(device.verdicts) for device in held.devices] == [0, 1]


def test_the_list_and_each_policy_by_itself() -> None:
    rows = json.loads(run("policy", "list", "-f", "json").out)
    assert [row["id"] for row in rows] == list(shipped())
    table = run("policy", "list").out
    for name in shipped():
        assert f"\n{name} " in table
        one = json.loads(run("policy", "show", name, "-f", "json").out)
        assert one in rows
        shown = run("policy", "show", name).out
        assert all(text in shown for text in (one["binds"], one["sentence"], one["citation"], one["effective"]))
        assert "not legal advice" in shown
    assert run("policy", "show", "nope").code == 2


def test_a_policy_made_from_a_result_holds_for_it(scan_json: str, recording: str, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    assert run("policy", "make", "--from", scan_json, "--name", "Town hall", "-o", str(own)).code == 0
    assert f"until = {date.today() + timedelta(days=365)}" in own.read_text(encoding="utf-8")
    for source in (scan_json, recording):
        ended = run("policy", "check", str(own), "--from", source)
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.startswith("Town hall: passes, devices judged 1 (as of ")


def test_a_check_names_each_rule_and_device_that_fail(scan_json: str, tmp_path: Path) -> None:
    text = 'name = "Town hall"\ndate = 2026-11-29\n[maker]\ndenied = ["hikvision"]\n[model]\nallowed = ["X*"]\n'
    own = write(tmp_path / "own.toml", text)
    ended = run("policy", "check", own, "--from", scan_json, "--on", "2026-12-01")
    assert ended.code == 1
    rows = [row.split() for row in ended.out.splitlines()[1:3]]
    assert [row[:3] for row in rows] == [["fail", "10.0.0.64", "maker"], ["fail", "10.0.0.64", "model"]]
    assert ended.out.endswith("\nTown hall: fails, devices judged 1, rules broken 2 (as of 2026-12-01)\n")
    ended = run("policy", "check", own, "--from", scan_json, "-f", "json", "--on", "2026-12-01")
    outcome = json.loads(ended.out)
    assert (ended.code, outcome["passed"], outcome["on"]) == (1, False, "2026-12-01")
    assert [(one["address"], one["rule"], one["answer"]) for one in outcome["broken"]] == [
        ("10.0.0.64", "maker", "fail"),
        ("10.0.0.64", "model", "fail"),
    ]
    assert ended.err == "camscan: Town hall: fails, devices judged 1, rules broken 2 (as of 2026-12-01)\n"


def test_an_approval_ends(scan_json: str, tmp_path: Path) -> None:
    own = str(tmp_path / "own.toml")
    run("policy", "make", "--from", scan_json, "--until", "2026-12-24", "-o", own)
    assert run("policy", "check", own, "--from", scan_json, "--on", "2026-12-24").code == 0
    ended = run("policy", "check", own, "--from", scan_json, "--on", "2026-12-25")
    assert (ended.code, "its approval ended on 2026-12-24" in ended.out) == (1, True)


def test_what_cannot_be_understood_is_one_line(scan_json: str, tmp_path: Path) -> None:
    bad = write(tmp_path / "own.toml", 'name = "x"\ndate = 2026-11-29\n[maker]\nalowed = ["axis"]\n')
    for arguments in (
        ("check", bad, "--from", scan_json),
        ("check", "/nonexistent", "--from", scan_json),
        ("check", bad, "--from", "/nonexistent"),
        ("check", bad, "--from", scan_json, "-o", bad),
        ("check", bad, "--from", scan_json, "--on", "tomorrow"),
        ("make", "--from", "/nonexistent"),
        ("make", "--from", scan_json, "-o", scan_json),
    ):
        ended = run("policy", *arguments)
        assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)


def test_an_empty_result_approves_nothing(scan_json: str, tmp_path: Path) -> None:
    document = json.loads(Path(scan_json).read_text(encoding="utf-8")) | {"devices": []}
    empty = write(tmp_path / "empty.json", json.dumps(document))
    ended = run("policy", "make", "--from", empty)
    assert (ended.code, ended.err) == (2, f"camscan: {empty}: no device in it, so nothing to approve\n")
