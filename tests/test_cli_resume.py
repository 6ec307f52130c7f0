"""`camscan scan --resume FILE`: what it makes of the file, and what it says."""

import asyncio
import fcntl
import json
import os
import re
import resource
import signal
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from camscan.cli import conduct
from camscan.model import ScanResult
from tests.cli_rig import Ended, Scanner, install, run
from tests.report_rig import ordinary

TARGET = "10.0.0.0/24"


@pytest.fixture
def scanner(monkeypatch: pytest.MonkeyPatch) -> Scanner:
    return install(monkeypatch)


@pytest.fixture
def given(scanner: Scanner, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the last scan was given."""
    kept: dict[str, Any] = {}

    async def scan(*arguments: Any, **named: Any) -> ScanResult:
        kept.update(named)
        return await scanner.scan(*arguments, **named)

    monkeypatch.setattr(conduct, "scan", scan)
    return kept


@pytest.fixture
def file(scanner: Scanner, tmp_path: Path) -> Path:
    """The journal of a scan that was interrupted."""
    path = tmp_path / "scan.journal"
    scanner.result = replace(ordinary(), partial=True)
    scanner.during = _interrupt
    assert scan(path).code == 130
    scanner.during = lambda stop: None
    scanner.plans.clear()
    return path


def _interrupt(stop: asyncio.Event) -> None:
    os.kill(os.getpid(), signal.SIGINT)


def scan(path: Path, *more: str) -> Ended:
    return run("scan", TARGET, "--exclude", "10.0.0.9", "--resume", str(path), "-f", "json", *more)


def refused(ended: Ended, path: Path, before: bytes, reason: str) -> bool:
    assert ended.err == f"camscan: --resume {path}: {reason}\n"
    assert path.read_bytes() == before
    return (ended.code, ended.out) == (2, "")


def test_an_interrupted_scan_says_how_to_go_on_and_then_does(given: dict[str, Any], file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    first = json.loads(file.read_text().splitlines()[0])
    ended = scan(file)
    assert ended.code == 3
    assert f"--resume {file}: going on with the scan of 20" in ended.err
    assert re.search(r", steps done: 0 of \d+, hosts heard: 1\n", ended.err)
    assert (given["scan_id"], given["journal"].started) == (first["id"], first["started"])
    assert [r.address for r in given["journal"].replies] == ["10.0.0.5"]


def test_the_interrupted_run_says_that_the_same_command_goes_on(scanner: Scanner, tmp_path: Path) -> None:
    scanner.during = _interrupt
    assert "until then; the same command goes on from here\n" in scan(tmp_path / "journal").err
    assert "goes on" not in run("scan", TARGET).err


def test_a_complete_scan_is_not_gone_on_with(scanner: Scanner, file: Path) -> None:
    assert scan(file).code == 3
    before, scanner.plans[:] = file.read_bytes(), []
    ended = scan(file)
    assert (ended.code, scanner.plans) == (2, [])
    assert ended.err.startswith(f"camscan: --resume {file}: this scan was complete on 20")
    assert ended.err.endswith(" UTC; remove the file to begin anew\n")
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "difference"),
    [
        (("10.0.0.0/24", "10.0.1.0/24", "--exclude", "10.0.0.9"), "targets: now with 10.0.1.0/24"),
        (("10.0.0.0/25", "--exclude", "10.0.0.9"), "targets: now without 10.0.0.0/24 and with 10.0.0.0/25"),
        (("10.0.0.0/24",), "exclusions: now without 10.0.0.9/32"),
        (
            ("10.0.0.0/24", "--exclude", "10.0.0.9", "--exclude", "10.0.0.64/26"),
            "exclusions: now with 10.0.0.64/26",
        ),
        (("10.0.0.0/24", "--exclude", "10.0.0.9", "--interface", "eth1"), "interfaces: now without eth0"),
    ],
)
def test_another_scan_is_refused_and_the_difference_named(
    scanner: Scanner, file: Path, arguments: tuple[str, ...], difference: str
) -> None:
    before = file.read_bytes()
    ended = run("scan", *arguments, "--resume", str(file))
    if "interface" not in difference:
        assert refused(ended, file, before, f"begun as another scan; {difference}")
    assert (ended.code, scanner.plans) == (2, [])


def test_other_questions_are_another_scan(scanner: Scanner, file: Path) -> None:
    before = file.read_bytes()
    ended = scan(file, "--no-challenge")
    assert (ended.code, scanner.plans, file.read_bytes()) == (2, [], before)
    assert "begun as another scan; steps: now without dvrip turns by None, rpc2 turns by None" in ended.err
    account = {"CAMSCAN_ONVIF_USER": "auditor", "CAMSCAN_ONVIF_PASSWORD": "secret"}
    ended = run("scan", TARGET, "--exclude", "10.0.0.9", "--resume", str(file), environment=account)
    assert "questions: now with onvif GetDeviceInformation with credential" in ended.err


def test_another_pace_is_the_same_scan(scanner: Scanner, file: Path) -> None:
    assert scan(file, "--rate", "50").code == 3


def test_neither_account_nor_password_stand_in_it(scanner: Scanner, tmp_path: Path) -> None:
    account = {"CAMSCAN_ONVIF_USER": "auditor-7", "CAMSCAN_ONVIF_PASSWORD": "correct-horse-9"}
    run("scan", TARGET, "--resume", str(tmp_path / "journal"), environment=account)
    text = (tmp_path / "journal").read_text()
    assert '"complete"' in text
    assert "auditor-7" not in text
    assert "correct-horse-9" not in text


def test_a_torn_last_line_is_dropped_and_an_empty_file_is_a_new_scan(scanner: Scanner, file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole + b'{"event": "once", "addr')
    assert scan(file).code == 3
    assert file.read_bytes().startswith(whole + b'{"event": "resumed"')
    for torn in (b"", whole[:40]):
        file.write_bytes(torn)
        assert "going on" not in scan(file).err
        assert file.read_bytes().startswith(b'{"schema": "camscan.journal/1", "id"')


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"event": "done", "step": 3, "begin"', "Expecting ':' delimiter: line 2 column 1 (char 37)"),
        (b'{"event": "ports", "step": 3, "address": "10.0.0.5"}', "'ports'"),
        (b'{"event": "answered", "step": 999, "address": "10.0.0.5"}', "tuple index out of range"),
        (b'{"event": "gone", "address": "10.0.0.5"}', "no event: gone"),
        (b"\0\0\0", "not JSON: Expecting value: line 1 column 1 (char 0)"),
        (b'{"address": "10.0.0.5", "protocol": "no-such", "transport": "tcp", "reply": ""}', "no protocol 'no-such'"),
    ],
)
def test_a_damaged_line_is_named_and_nothing_is_changed(scanner: Scanner, file: Path, line: bytes, reason: str) -> None:
    first, rest = file.read_bytes().split(b"\n", 1)
    file.write_bytes(damaged := first + b"\n" + line + b"\n" + rest + b'{"torn')
    assert refused(scan(file), file, damaged, f"line 2 is damaged ({reason}); nothing was changed")
    assert scanner.plans == []


@pytest.mark.parametrize(
    "content", [b"10.0.0.1\n10.0.0.2\n", b"10.0.0.1", b"\0" * 99, b'{"schema": "camscan.scan/1"}\n']
)
def test_a_file_that_is_no_journal_is_left_alone(scanner: Scanner, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(content)
    assert refused(scan(path), path, content, "not the journal of a scan; nothing was changed")


def test_a_journal_of_another_version_is_left_alone(scanner: Scanner, file: Path) -> None:
    file.write_bytes(newer := file.read_bytes().replace(b"camscan.journal/1", b"camscan.journal/2", 1))
    reason = "written as camscan.journal/2, and this camscan reads camscan.journal/1"
    assert refused(scan(file), file, newer, reason)


@pytest.mark.parametrize("name", ["-", "/nonexistent/journal", "/", "/dev/null"])
def test_what_can_be_no_journal_is_a_mistake(scanner: Scanner, name: str) -> None:
    ended = run("scan", TARGET, "--resume", name)
    assert (ended.code, scanner.plans, ended.err.count("\n")) == (2, [], 1)
    assert ended.err.startswith(f"camscan: --resume {name}: ")


def test_a_pipe_without_a_reader_does_not_hang(scanner: Scanner, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert scan(tmp_path / "pipe").err == f"camscan: --resume {tmp_path / 'pipe'}: not a regular file\n"


def test_one_scan_at_a_time_has_the_file(scanner: Scanner, file: Path) -> None:
    with file.open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        ended = scan(file)
    assert (ended.code, scanner.plans) == (4, [])
    assert ended.err == f"camscan: --resume {file}: another scan writes it now\n"
    assert scan(file).code == 3


def test_two_options_with_one_file_are_a_mistake(scanner: Scanner, tmp_path: Path) -> None:
    ended = scan(tmp_path / "one", "--replies", str(tmp_path / "one"))
    assert (ended.code, scanner.plans) == (2, [])


def test_the_logs_are_those_of_the_whole_scan(scanner: Scanner, tmp_path: Path) -> None:
    files = [f"--{name}={tmp_path / name}" for name in ("replies", "request-log")]
    scanner.during = _interrupt
    scan(tmp_path / "journal", *files)
    scanner.during = lambda stop: None
    scan(tmp_path / "journal", *files)
    assert len((tmp_path / "replies").read_text().splitlines()) == 2
    assert len((tmp_path / "request-log").read_text().splitlines()) == 2
    replayed = run("replay", str(tmp_path / "replies"), "-f", "json", "-q")
    assert [d["address"] for d in json.loads(replayed.out)["devices"]] == ["10.0.0.5"]


def test_a_full_disk_ends_the_scan_which_can_be_gone_on_with(
    scanner: Scanner, tmp_path: Path, file: Path, limit: Callable[[int], None]
) -> None:
    path = tmp_path / "small.journal"
    path.write_bytes(header := file.read_bytes().split(b"\n")[0] + b"\n")
    scanner.catches = True
    limit(len(header) + 60)
    ended = scan(path, "--no-record")
    limit(resource.RLIM_INFINITY)
    assert (ended.code, json.loads(ended.out)["scan"]["partial"]) == (4, True)
    assert ended.err.endswith(
        f"ended early: --resume {path}: File too large; this is what was found until then; "
        "the same command goes on from here\n"
    )
    assert "going on" in scan(path).err


@pytest.fixture
def limit() -> Iterator[Callable[[int], None]]:
    """Sets how large a file may grow, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_dry_run_shows_what_is_left_and_makes_no_file(scanner: Scanner, tmp_path: Path, file: Path) -> None:
    def packets(path: Path) -> int:
        return int(json.loads(scan(path, "--dry-run").out)["totals"]["packets"])

    whole = packets(tmp_path / "none")
    assert not (tmp_path / "none").exists()
    assert packets(file) == whole
    with file.open("a") as stream:
        steps = json.loads(file.read_text().splitlines()[0])["plan"]["steps"]
        stream.write(json.dumps({"event": "finished", "step": steps.index("sadp unicast by eth0")}) + "\n")
    before = file.read_bytes()
    assert packets(file) == whole - 2 * 253
    assert file.read_bytes() == before
