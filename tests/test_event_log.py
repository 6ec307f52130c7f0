"""`--log`: what syslog and journald get, over real sockets of this machine."""

import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camscan.cli import event_log
from camscan.report.log_entry import Priority, journal_entry, syslog_entry
from camscan.transport.local_log import LocalLog
from tests.cli_rig import Scanner, install, run
from tests.inventory_rig import camera, finding, scanned

ENTRY = re.compile(r"<(\d+)>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d camscan\[\d+\]: (.*)")
LAN = "10.0.0.0/24"


class Daemon:
    """What a log service hears."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)

    def heard(self) -> list[str]:
        entries = []
        with suppress(BlockingIOError):
            while True:
                entries.append(self._socket.recv(65536).decode("utf-8"))
        return entries

    def syslog(self) -> list[tuple[int, str]]:
        """Severity and text of each, all of the facility of users."""
        found = [ENTRY.fullmatch(entry) for entry in self.heard()]
        assert all(found)
        numbers = [(int(match[1]), match[2]) for match in found if match]
        assert {number >> 3 for number, _ in numbers} <= {1}
        return [(number & 7, text) for number, text in numbers]

    def close(self) -> None:
        self._socket.close()
        self.path.unlink()


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    made = Daemon(tmp_path / "log")
    yield made
    with suppress(OSError):
        made.close()


@pytest.fixture
def scanner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Scanner:
    monkeypatch.setenv("CAMSCAN_INVENTORY", str(tmp_path / "inventory.sqlite"))
    return install(monkeypatch)


def test_begin_changes_and_end_are_logged_while_nothing_is_printed(scanner: Scanner, daemon: Daemon) -> None:
    scanner.result = scanned(1, camera(1))
    assert run("scan", LAN, "--quiet", "--changes-only", "-o", "/dev/null", "--log", f"syslog:{daemon.path}").code == 0
    begin, new, end = daemon.syslog()
    assert begin[0] == Priority.INFO
    assert re.fullmatch(r"scan [0-9a-f-]{36} begins: 10\.0\.0\.0/24, 10\.0\.0\.0/24 \(eth0, multicast\)", begin[1])
    assert new == (Priority.WARNING, "new 10.0.0.1 hikvision DS-2CD2042WD-I: 0 found, 0 affecting")
    assert end == (Priority.INFO, "scan scan-1 ended with code 0: 1 device: 1 hikvision; 1 new")
    scanner.result = scanned(2, camera(1, firmware="V5.4.9", findings=(finding(),)), partial=True)
    ended = run("scan", LAN, "--quiet", "--changes-only", "-f", "csv", "--log", f"syslog:{daemon.path}")
    assert (ended.code, ended.err) == (3, "")
    assert daemon.syslog()[1:] == [
        (Priority.NOTICE, "changed 10.0.0.1 hikvision DS-2CD2042WD-I: firmware V5.4.5 -> V5.4.9"),
        (Priority.WARNING, "exposed 10.0.0.1 hikvision DS-2CD2042WD-I: telnet-open (high)"),
        (Priority.WARNING, "scan scan-2 ended with code 3: 1 device: 1 hikvision; 1 changed, 1 exposed; partial"),
    ]


def test_journald_gets_fields(scanner: Scanner, daemon: Daemon) -> None:
    scanner.result = scanned(1, camera(1))
    assert run("scan", LAN, "--quiet", "--log", f"journald:{daemon.path}").code == 0
    entries = [dict(text.split("=", 1) for text in entry.splitlines()) for entry in daemon.heard()]
    assert [entry["CAMSCAN_EVENT"] for entry in entries] == ["begin", "new", "end"]
    assert {entry["SYSLOG_IDENTIFIER"] for entry in entries} == {"camscan"}
    assert [entry["PRIORITY"] for entry in entries] == ["6", "4", "6"]
    assert len({entry["CAMSCAN_SCAN_ID"] for entry in entries}) == 1


def test_what_goes_to_stderr_is_logged_by_its_weight(scanner: Scanner, daemon: Daemon, tmp_path: Path) -> None:
    (tmp_path / "inventory.sqlite").touch(0o644)
    ended = run("scan", LAN, "-f", "json", "--log", f"syslog:{daemon.path}")
    told = daemon.syslog()
    texts = {text: severity for severity, text in told}
    said = [text.removeprefix("camscan: ") for text in ended.err.splitlines()]
    assert set(said) <= set(texts)
    assert {texts[text] for text in said if "its mode is" in text} == {Priority.WARNING}
    assert {texts[text] for text in said if "recorded as scan" in text} == {Priority.INFO}


def test_what_ends_a_scan_is_an_error(scanner: Scanner, daemon: Daemon, tmp_path: Path) -> None:
    log = ("--log", f"syslog:{daemon.path}")
    assert run("scan", LAN, "--inventory", "/dev/null/x", *log).code == 4
    assert daemon.syslog() == [(Priority.ERROR, "inventory /dev/null/x: not a directory")]
    assert run("scan", LAN, "--no-record", "--changes-only", *log).code == 2
    assert daemon.syslog()[-1][0] == Priority.ERROR
    assert run("scan", "no-such-host", *log).code == 2
    ((severity, text),) = daemon.syslog()
    assert (severity, "no-such-host" in text) == (Priority.ERROR, True)
    assert run("scan", LAN, "--dry-run", "--log", "syslog:/nowhere").code == 0


def test_a_scan_that_is_not_recorded_is_logged_without_changes(scanner: Scanner, daemon: Daemon) -> None:
    assert run("scan", LAN, "--no-record", "--quiet", "--log", f"syslog:{daemon.path}").code == 0
    assert [text.split()[2] for _, text in daemon.syslog()] == ["begins:", "ended"]


def test_without_a_log_service_nothing_is_sent(scanner: Scanner, tmp_path: Path) -> None:
    ended = run("scan", LAN, "--log", f"syslog:{tmp_path / 'nobody'}")
    assert (ended.code, scanner.plans) == (4, [])
    assert ended.err == f"camscan: --log syslog: {tmp_path / 'nobody'}: no such file or directory\n"


@pytest.mark.parametrize("name", ["file", "syslog:", "", "journal"])
def test_a_log_that_is_not_known_is_refused(scanner: Scanner, name: str) -> None:
    ended = run("scan", LAN, f"--log={name}")
    assert (ended.code, ended.err.count("\n"), scanner.plans) == (2, 1, [])


def test_a_service_that_goes_away_costs_one_line(scanner: Scanner, daemon: Daemon) -> None:
    scanner.result = scanned(1, camera(1), camera(2))
    scanner.during = lambda stop: daemon.close()
    ended = run("scan", LAN, "--quiet", "-f", "csv", "--log", f"syslog:{daemon.path}")
    assert (ended.code, ended.err.count("\n")) == (0, 1)
    assert "--log syslog: no such file or directory; nothing more is logged" in ended.err
    assert ended.out.count("\n") == 3


def test_a_service_that_is_restarted_is_found_again(tmp_path: Path) -> None:
    first = Daemon(tmp_path / "log")
    log = LocalLog(first.path)
    log.send(b"one")
    first.close()
    second = Daemon(tmp_path / "log")
    log.send(b"two")
    assert second.heard() == ["two"]
    log.close()
    second.close()


def test_a_large_site_does_not_fill_the_log(scanner: Scanner, daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "CHANGES_LOGGED", 2)
    scanner.result = scanned(1, *(camera(number) for number in range(1, 6)))
    assert run("scan", LAN, "--quiet", "--log", f"syslog:{daemon.path}").code == 0
    _, *new, rest, end = daemon.syslog()
    assert [text.split()[0] for _, text in new] == ["new", "new"]
    assert rest == (Priority.NOTICE, "3 more changes are not logged; camscan diff tells them")
    assert end[1].endswith("5 new")


@given(st.text(), st.sampled_from(Priority))
def test_no_text_of_a_device_makes_a_second_entry_or_field(text: str, priority: Priority) -> None:
    entry = syslog_entry(priority, text, pid=7, now=datetime(2026, 11, 3, 2, 17))
    assert entry.startswith(f"<{8 + priority}>Nov  3 02:17:00 camscan[7]: ".encode())
    assert entry.decode("utf-8").isprintable()
    lines = journal_entry(priority, text, {"CAMSCAN_EVENT": text}).decode("utf-8").split("\n")
    names = ["PRIORITY", "SYSLOG_IDENTIFIER", "MESSAGE", "CAMSCAN_EVENT", ""]
    assert [line.split("=")[0] for line in lines] == names
    assert all(line.isprintable() for line in lines)
