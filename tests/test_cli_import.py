"""`camscan import`: from another scanner's files to devices, a recording, and addresses that a scan can read."""

import json
from pathlib import Path

import pytest

from camscan.cli import importing
from camscan.cli.ending import Exit
from camscan.identify import knowledge_base
from camscan.identify.knowledge_base import Knowledge, load_knowledge
from camscan.intake.targets import read_targets
from tests.cli_rig import run
from tests.import_rig import fingerprint, host, nmap_file, port, script

PAGE = b'HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 08:00:00 GMT\r\nServer: App-webs/\r\nETag: "0-7c3"\r\n\r\n'
CAMERA = host(port(80, service=fingerprint(GetRequest=PAGE)))
MASSCAN = '{"ip":"10.0.0.6","timestamp":"1795390463","port":8000,"proto":"tcp","rec_type":"banner","data":{"service_name":"unknown","banner":"\\u0000\\u0000\\u0000\\u0010\\u0000\\u0000\\u0000\\u001e\\u0000\\u0000\\u0000\\u001e\\u0000\\u0000\\u0000\\u0000"}}\n'  # noqa: E501


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture(autouse=True)
def loaded_once(knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knowledge_base, "load_knowledge", lambda directory, **given: knowledge)


def write(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_files_of_both_kinds_are_judged_together(tmp_path: Path) -> None:
    ended = run("import", write(tmp_path / "a", nmap_file(CAMERA)), "-", "-f", "json", stdin=MASSCAN)
    devices = json.loads(ended.out)["devices"]
    assert ended.code == 0
    assert [(d["address"], d["vendor"]) for d in devices] == [("10.0.0.5", "hikvision"), ("10.0.0.6", "hikvision")]
    assert devices[0]["evidence"][0]["request"] == "probe GetRequest by nmap"
    assert devices[0]["evidence"][0]["channels"] == ["imported"]
    assert devices[0]["first_seen"].startswith("2026-11-22")


def test_what_matters_ends_with_a_code_of_its_own(tmp_path: Path) -> None:
    says = script("snmp-sysdescr", "Hikvision DS-2CD2032F-I camera V5.3.0")
    vulnerable = write(tmp_path / "a", nmap_file(host(port(161, says, protocol="udp"))))
    ended = run("import", vulnerable, "--fail-on", "critical")
    assert ended.code == Exit.FINDINGS
    assert "1 device has findings at or above critical" in ended.err
    assert run("import", vulnerable).code == Exit.DONE
    quiet = run("import", vulnerable, "--fail-on", "critical", "--quiet")
    assert (quiet.code, quiet.err) == (Exit.FINDINGS, "")
    assert run("import", write(tmp_path / "b", nmap_file(CAMERA)), "--fail-on", "info").code == Exit.DONE
    assert run("import", vulnerable, "--fail-on", "awful").code == Exit.USAGE


def test_what_nmap_concludes_names_no_maker(tmp_path: Path) -> None:
    concluded = host(port(80, service='name="http" product="Dahua DVR http admin"'), address="10.0.0.9")
    ended = run("import", write(tmp_path / "a", nmap_file(concluded)), "-f", "json")
    (device,) = json.loads(ended.out)["devices"]
    assert (device["vendor"], device["evidence"]) == (None, [])
    assert "named by the other scanner, without words of the device that prove it: 10.0.0.9" in ended.err


def test_targets_are_those_worth_a_scan_and_a_scan_reads_them(tmp_path: Path) -> None:
    text = nmap_file(
        CAMERA,
        host(port(554), address="10.0.0.10"),
        host(port(80), address="10.0.0.11"),
        host(port(8081, service='name="http" product="Hikvision httpd"'), address="10.0.0.12"),
        host(port(554), address="203.0.114.7"),
        host(port(554), address="fe80::1", kind="ipv6"),
    )
    listing = tmp_path / "targets.txt"
    ended = run("import", write(tmp_path / "a", text), "--targets", str(listing))
    lines = listing.read_text().splitlines()
    assert lines[1:] == [
        "10.0.0.5  # made by hikvision",
        "10.0.0.10  # port 554 open",
        "10.0.0.12  # nmap names hikvision",
        "203.0.114.7  # port 554 open, public address space",
    ]
    assert [t.text for t in read_targets("t", lines)] == ["10.0.0.5", "10.0.0.10", "10.0.0.12", "203.0.114.7"]
    assert "4 addresses worth a scan, 1 of them public, which a scan refuses without --allow-public" in ended.err
    refused = run("scan", "--dry-run", "--targets", str(listing))
    assert refused.code == 2 and "public address space" in refused.err


def test_the_recording_replays_to_the_same_devices(tmp_path: Path) -> None:
    recording = tmp_path / "replies.jsonl"
    imported = run("import", write(tmp_path / "a", nmap_file(CAMERA)), "-f", "jsonl", "--replies", str(recording))
    assert run("replay", str(recording), "-f", "jsonl").out == imported.out
    assert "by nmap" in run("explain", "10.0.0.5", "--from", str(recording)).out


def test_bad_parts_are_told_and_the_rest_is_kept(tmp_path: Path) -> None:
    text = "".join(f"bad {n}\n" for n in range(9)) + MASSCAN
    ended = run("import", write(tmp_path / "a", "[\n" + text), "-f", "csv")
    assert ended.code == 0 and ended.out.count("10.0.0.6,hikvision") == 1
    assert ended.err.count("neither an object") == importing.BAD_SHOWN
    assert "and 4 more like these" in ended.err


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "nothing in it"),
        (b"\n\n", "nothing in it"),
        (b"# Nmap 7.93 scan initiated\n", "neither nmap's XML"),
        (b"\x1f\x8b\x08\x00", "compressed; unpack it first"),
        ("<?xml version='1.0'?>".encode("utf-16"), "UTF-16 text; save it as UTF-8"),
        (b"<html></html>", "not nmap's"),
        (b"{nothing\n", "line 1: "),
        (b'{"address": "10.0.0.5", "protocol": "sadp"}\n', '"ip" is missing'),
    ],
)
def test_a_file_of_which_nothing_can_be_used_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    ended = run("import", str(path))
    assert ended.code == 2 and ended.out == ""
    assert reason in ended.err and ended.err.count("\n") == 1


def test_a_run_that_found_nobody_is_a_result(tmp_path: Path) -> None:
    ended = run("import", write(tmp_path / "a", nmap_file()))
    assert (ended.code, ended.err) == (0, "") and "No device found." in ended.out


def test_one_file_is_not_both_read_and_written(tmp_path: Path) -> None:
    name = write(tmp_path / "a", nmap_file(CAMERA))
    for option in ("--output", "--replies", "--targets"):
        assert run("import", name, option, name).code == 2
    assert run("import", name, "--targets", "-").code == 2
    assert (tmp_path / "a").read_text(encoding="utf-8") == nmap_file(CAMERA)


def test_too_many_replies_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "REPLIES_LIMIT", 1)
    ended = run("import", write(tmp_path / "a", nmap_file(host(port(554), port(8000)))))
    assert "more than 1 replies" in ended.err


def test_what_a_device_says_cannot_reach_the_terminal(tmp_path: Path) -> None:
    hostile = script("http-server-header", "x", "<elem>\x1b[31m&#27;[31m</elem>")
    ended = run(
        "import",
        write(tmp_path / "a", nmap_file(host(port(80, hostile)))),
        "-",
        stdin=MASSCAN.replace("unknown", "\\u001b[31m").replace("\\u001e", "\\u0001"),
    )
    assert ended.code == 0 and "\x1b" not in ended.out + ended.err
