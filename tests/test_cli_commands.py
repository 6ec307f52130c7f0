"""The commands that need no network, and the program as a process: exit codes, pipes, and how fast `--help` is."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from camscan.cli import reading
from camscan.identify import knowledge_base
from camscan.identify.knowledge_base import Knowledge, load_knowledge
from camscan.intake.lines import LINE_LIMIT
from camscan.protocols.registry import load_protocols
from tests.cli_rig import run
from tests.import_rig import host, nmap_file, port

SADP = """<?xml version="1.0" encoding="UTF-8"?><ProbeMatch><Uuid>0</Uuid><Types>inquiry</Types>
<DeviceType>138</DeviceType><DeviceDescription>{model}</DeviceDescription>
<DeviceSN>DS-2CD2042WD-I20160101AAWR123456789</DeviceSN><MAC>44-19-b6-01-02-03</MAC>
<IPv4Address>10.0.0.64</IPv4Address><SoftwareVersion>V5.4.5build 170124</SoftwareVersion></ProbeMatch>"""


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture
def recording(tmp_path: Path, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recording of one camera, judged with rules that are loaded once for all tests."""
    monkeypatch.setattr(knowledge_base, "load_knowledge", lambda directory, **given: knowledge)
    path = tmp_path / "replies.jsonl"
    path.write_text(line(SADP.format(model="DS-2CD2042WD-I")), encoding="utf-8")
    return path


def line(text: str, address: str = "10.0.0.64") -> str:
    row = {"address": address, "protocol": "sadp", "transport": "udp", "port": 37020, "request": "inquiry"}
    return json.dumps(row | {"encoding": "text", "reply": text}) + "\n"


def valid(text: str) -> dict[str, Any]:
    data = json.loads(text)
    jsonschema.Draft202012Validator(json.loads(run("schema").out)).validate(data)
    assert isinstance(data, dict)
    return data


def test_a_replay_judges_a_recording(recording: Path) -> None:
    ended = run("replay", str(recording), "--format", "json")
    device = valid(ended.out)["devices"][0]
    assert ended.code == 0
    assert (device["address"], device["vendor"], device["model"]) == ("10.0.0.64", "hikvision", "DS-2CD2042WD-I")
    assert (device["firmware"], device["build"]) == ("V5.4.5", "build 170124")


def test_two_replays_of_one_recording_are_the_same_bytes(recording: Path) -> None:
    first, second = (run("replay", str(recording), "-f", "json").out for _ in range(2))
    assert first == second


def test_a_replay_reads_stdin_and_several_files(recording: Path) -> None:
    more = line(
        SADP.replace("123456789", "987654321").replace("02-03", "02-04").format(model="DS-7616NI-I2"), "10.0.0.65"
    )
    ended = run("replay", str(recording), "-", "-f", "csv", stdin=more)
    assert [row.split(",")[0] for row in ended.out.splitlines()[1:]] == ["10.0.0.64", "10.0.0.65"]


def test_bad_lines_are_reported_and_left_out(recording: Path) -> None:
    with recording.open("a", encoding="utf-8") as stream:
        stream.write('{"address": "\x1b[31m"}\n' + "no\n" * 9)
    ended = run("replay", str(recording))
    assert ended.code == 0
    assert "DS-2CD2042WD-I" in ended.out
    assert f"camscan: {recording}:2: " in ended.err
    assert ended.err.endswith("5 more lines left out\n")
    assert ended.err.replace("\n", "").isprintable()


DEEP = (b"[" * 100_000, b'{"a": ' * 100_000)
NO_TEXT = (b"\xff\xfe\0\0", b"{\n\xff\n}")


@pytest.mark.parametrize("content", [b"no recording\n", b"", b"\n \n\t\n", b"{", *NO_TEXT, *DEEP])
def test_a_file_that_is_no_recording_is_a_mistake(recording: Path, content: bytes) -> None:
    recording.write_bytes(content)
    for arguments in (("replay", str(recording)), ("explain", "10.0.0.64", "--from", str(recording))):
        ended = run(*arguments)
        assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
        assert ended.err.startswith(f"camscan: {recording}")


def test_a_byte_that_is_not_text_costs_its_line_and_names_it(recording: Path) -> None:
    with recording.open("ab") as stream:
        stream.write(b'{"address": "\xff"}\n')
    ended = run("replay", str(recording))
    assert (ended.code, ended.err) == (0, f"camscan: {recording}:2: not UTF-8 text; left out\n")
    assert "DS-2CD2042WD-I" in ended.out
    assert run("replay", "-", stdin="\ufeff" + line(SADP.format(model="DS-2CD2042WD-I"))).err == ""


def test_a_document_with_a_byte_that_is_not_text_names_the_line(recording: Path, tmp_path: Path) -> None:
    scan = tmp_path / "scan.json"
    run("replay", str(recording), "-f", "json", "-o", str(scan))
    scan.write_bytes(scan.read_bytes().replace(b'"DS-2CD2042WD-I"', b'"DS\xff"', 1))
    number = scan.read_bytes()[: scan.read_bytes().index(b"\xff")].count(b"\n") + 1
    ended = run("explain", "10.0.0.64", "--from", str(scan))
    assert (ended.code, ended.err) == (2, f"camscan: {scan}:{number}: not UTF-8 text\n")


def test_a_document_with_half_a_character_is_a_mistake(recording: Path, tmp_path: Path) -> None:
    scan = tmp_path / "scan.json"
    run("replay", str(recording), "-f", "json", "-o", str(scan))
    scan.write_text(scan.read_text().replace('"DS-2CD2042WD-I"', '"\\ud800"'), encoding="utf-8")
    ended = run("explain", "10.0.0.64", "--from", str(scan))
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)


def test_a_line_that_is_too_long_costs_itself_only(recording: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = recording.read_text(encoding="utf-8")
    recording.write_text("x" * (2 * LINE_LIMIT) + "\n" + good, encoding="utf-8")
    ended = run("replay", str(recording))
    assert (ended.code, ended.err) == (0, f"camscan: {recording}:1: longer than 4,194,304 characters; left out\n")
    assert "DS-2CD2042WD-I" in ended.out


def test_what_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SIZE_LIMIT", 2 * LINE_LIMIT)
    ended = run("replay", "/dev/zero")
    assert (ended.code, ended.err) == (2, "camscan: /dev/zero: more than 8,388,608 characters in one piece\n")


def test_a_document_beyond_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SIZE_LIMIT", 1000)
    scan = tmp_path / "scan.json"
    scan.write_text("{\n" + " " * 999 + "}", encoding="utf-8")
    ended = run("explain", "10.0.0.64", "--from", str(scan))
    assert (ended.code, ended.err) == (2, f"camscan: {scan}: more than 1,000 characters in one piece\n")


def test_explain_counts_blank_lines_before_a_recording(recording: Path) -> None:
    good = recording.read_text(encoding="utf-8")
    recording.write_text("\n\n" + good + "bad\n", encoding="utf-8")
    ended = run("explain", "10.0.0.64", "--from", str(recording))
    assert ended.code == 0
    assert ended.err.startswith(f"camscan: {recording}:4: not JSON")


def test_a_replay_never_overwrites_its_recording(recording: Path) -> None:
    before = recording.read_bytes()
    assert run("replay", str(recording), "-o", str(recording)).code == 2
    assert recording.read_bytes() == before


def test_a_replay_of_a_hostile_device_is_fit_to_be_shown_in_every_form(recording: Path) -> None:
    name = "&#x202E;[red]=cmd|calc &lt;script&gt;" + "A" * 10_000
    recording.write_text(line(SADP.format(model=name)), encoding="utf-8")
    for form in ("table", "json", "jsonl", "csv"):
        ended = run("replay", str(recording), "-f", form)
        assert ended.code == 0
        assert all(c.isprintable() or c == "\n" for c in ended.out)
        assert len(ended.out) < 20_000


@pytest.mark.parametrize("wanted", ["10.0.0.64", "44:19:B6:01:02:03", "DS-2CD2042WD-I20160101AAWR123456789"])
def test_explain_takes_an_address_or_a_device(recording: Path, wanted: str) -> None:
    ended = run("explain", wanted, "--from", str(recording))
    assert ended.code == 0
    assert re.search(r"model: DS-2CD2042WD-I  \(\d\d% sure\)\n  \+ \d\d% DS-2CD2042WD-I\n", ended.out)


def test_explain_says_the_same_of_a_recording_and_of_the_json_made_from_it(recording: Path, tmp_path: Path) -> None:
    scan = tmp_path / "scan.json"
    run("replay", str(recording), "-f", "json", "-o", str(scan))
    for form in ("table", "json"):
        arguments = ("explain", "10.0.0.64", "-f", form, "--from")
        assert run(*arguments, str(scan)).out == run(*arguments, str(recording)).out != ""


def test_explain_reads_a_scan_on_one_line(recording: Path) -> None:
    compact = json.dumps(json.loads(run("replay", str(recording), "-f", "json").out))
    assert run("explain", "10.0.0.64", "--from", "-", stdin=compact).code == 0


def test_explain_of_a_device_that_is_not_there(recording: Path) -> None:
    ended = run("explain", "10.0.0.1", "--from", str(recording))
    assert (ended.code, ended.err) == (2, f"camscan: {recording}: no device 10.0.0.1 among its 1\n")


def test_the_schema_is_a_schema() -> None:
    schema = json.loads(run("schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["properties"]["schema"]["const"] == "camscan.scan/1"


def test_requests_lists_every_request_there_is() -> None:
    listed = json.loads(run("requests", "-f", "json").out)
    known = [(p.name, r.name) for p in load_protocols().values() for r in p.requests]
    assert [(row["protocol"], row["request"]) for row in listed] == known
    table = run("requests").out
    assert all(re.search(rf"^{re.escape(p)} +{re.escape(r)} ", table, re.MULTILINE) for p, r in known)


def test_the_version_names_the_date_of_every_data_file() -> None:
    first, *files = run("--version").out.splitlines()
    assert re.fullmatch(r"camscan \d+\.\d+\.\d+, data of \d{4}-\d\d-\d\d", first)
    assert any(name.endswith("sadp.toml") for name in files)
    assert all(re.match(r"  (\d{4}-\d\d-\d\d|no date   )  \S", name) for name in files)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["bogus"], "No such command 'bogus'"),
        (["replay"], "Missing argument"),
        (("explain",), "Missing argument 'ADDRESS|DEVICE'"),
        (["replay", "/nonexistent"], "/nonexistent: No such file or directory"),
        (["schema", "--output", "/nonexistent/x"], "--output /nonexistent/x: No such file or directory"),
        (["replay", "/dev/null"], "/dev/null: no reply in it"),
        (["replay", "-"], "stdin: no reply in it"),
        (["explain", "10.0.0.1", "--from", "/dev/null"], "/dev/null: nothing in it"),
        (["explain", "10.0.0.1", "--from", "/dev/zero"], "/dev/zero: neither camscan.scan/1 nor a recording"),
    ],
)
def test_a_mistake_is_one_line(arguments: list[str], reason: str) -> None:
    ended = run(*arguments)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert ended.err.startswith(f"camscan: {reason}")


def test_data_files_that_are_not_there_are_a_mistake(tmp_path: Path) -> None:
    recording = tmp_path / "replies.jsonl"
    recording.write_text(line("x"), encoding="utf-8")
    ended = run("replay", "--fingerprints", "/nonexistent", str(recording))
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert ended.err.startswith("camscan: /nonexistent")


def test_without_a_command_the_help_goes_to_stderr() -> None:
    ended = run()
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("Usage: camscan ")


def process(*arguments: str, **changes: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "camscan", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **changes)


def test_the_process_ends_as_the_command_says() -> None:
    ended = process("scan", "10.0.0.300")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == 'camscan: "10.0.0.300": Octet 300 (> 255) not permitted\n'


@pytest.mark.parametrize(
    "heavy",
    [
        "rich",
        "pydantic",
        "asyncio",
        "scapy",
        "zeep",
        "lxml",
        "numpy",
        "zeroconf",
        "cryptography",
        "nmap",
        "sqlalchemy",
        "alembic",
        "platformdirs",
    ],
)
def test_help_imports_nothing_heavy(heavy: str) -> None:
    program = f"import sys, camscan.cli.main; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], timeout=60, check=False).returncode == 0


@pytest.mark.parametrize(
    ("command", "content"),
    [
        (["replay"], line(SADP)),
        (["explain", "10.0.0.64", "--from"], line(SADP)),
        (["import", "--quiet"], nmap_file(host(port(80)))),
    ],
    ids=["replay", "explain", "import"],
)
def test_what_is_recorded_is_judged_without_a_transport(command: list[str], content: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text(content)
    program = """
import atexit, sys
atexit.register(lambda: print([name for name in sys.modules if "transport" in name or name == "asyncio"]))
from camscan.cli.main import main; main()"""
    arguments = [sys.executable, "-c", program, *command, str(path)]
    ended = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout.splitlines()[-1]) == (0, "[]")


@pytest.mark.parametrize(
    "spared", ["camscan.register", "camscan.report.diff", "camscan.assess.policy.policy", "importlib.metadata"]
)
def test_a_scan_does_not_load_what_only_an_inventory_a_policy_or_a_login_needs(spared: str) -> None:
    program = f"import sys, camscan.cli.conduct; sys.exit({spared!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], timeout=60, check=False).returncode == 0


@pytest.mark.parametrize("arguments", [["schema"], ["--help"]])
def test_a_reader_that_closes_the_pipe_ends_the_program_quietly(arguments: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "camscan", *arguments]
    ended = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(write)
    assert (ended.returncode, ended.stderr) == (141, b"")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", [["schema"], ["--version"], ["--help"], ["scan", "--help"]])
def test_a_full_disk_behind_stdout_is_one_line(arguments: list[str], unbuffered: str) -> None:
    environment = os.environ | {"PYTHONUNBUFFERED": unbuffered}
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        command = [sys.executable, "-m", "camscan", *arguments]
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=60, check=False, env=environment)
    assert (ended.returncode, ended.stderr.count(b"\n")) == (4, 1)
    assert ended.stderr.startswith(b"camscan: ")
    assert ended.stderr.endswith(b"No space left on device\n")


def test_an_encoding_without_the_letters_is_no_failure(recording: Path) -> None:
    recording.write_text(line(SADP.format(model="DS-2CD Überwachung")), encoding="utf-8")
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    ended = process("replay", str(recording), env=environment)
    assert ended.returncode == 0
    assert "\\xdcberwachung" in ended.stdout
