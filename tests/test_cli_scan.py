"""`camscan scan`: what it makes of its arguments, where results and messages go, and how it ends."""

import csv
import errno
import io
import json
import os
import re
import resource
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from camscan.cli import conduct
from camscan.cli.credential import PASSWORD_VARIABLE, USER_VARIABLE, read_credential
from camscan.cli.ending import say
from camscan.cli.formats import Format, Screen
from camscan.cli.log import Log, open_log
from camscan.cli.plan import render_plan
from camscan.cli.progress import shown_progress
from camscan.discover.survey import Progress
from camscan.errors import CannotRunError, UsageError
from camscan.report.shape import json_schema
from camscan.transport.pace import Pace
from tests.cli_rig import Scanner, install, run
from tests.report_rig import ordinary, result


@pytest.fixture
def scanner(monkeypatch: pytest.MonkeyPatch) -> Scanner:
    return install(monkeypatch)


def document(text: str) -> dict[str, Any]:
    data = json.loads(text)
    jsonschema.Draft202012Validator(json_schema()).validate(data)
    assert isinstance(data, dict)
    return data


def test_results_go_to_stdout_and_messages_to_stderr(scanner: Scanner) -> None:
    ended = run("scan", "10.0.0.0/24")
    assert ended.code == 0
    assert ended.out.startswith("Address ")
    assert ended.err.startswith("camscan: asking 10.0.0.0/24 by eth0: at most ")
    _, recorded = ended.err.splitlines()
    assert re.fullmatch(r"camscan: recorded as scan \d+ in \S+/inventory.sqlite", recorded)


def test_the_line_before_the_first_packet_names_ranges_interfaces_and_budget(scanner: Scanner) -> None:
    err = run("scan", "10.0.0.0/24", "192.168.5.9").err
    plan = scanner.plan
    counted = f"{plan.packets:,} packets, {plan.connections:,} connections"
    assert f"asking 10.0.0.0/24, 192.168.5.9 by eth0, eth1: at most {counted}, " in err
    assert ", about " in err


def test_quiet_says_nothing_on_stderr(scanner: Scanner) -> None:
    ended = run("scan", "10.0.0.0/24", "--quiet", "--format", "json")
    assert (ended.code, ended.err) == (0, "")
    assert document(ended.out)["devices"]


@pytest.mark.parametrize("form", ["json", "jsonl", "csv"])
def test_every_form_has_the_same_devices(scanner: Scanner, form: str) -> None:
    ended = run("scan", "10.0.0.0/24", "-f", form)
    found = {
        "json": lambda: [d["address"] for d in document(ended.out)["devices"]],
        "jsonl": lambda: [json.loads(line)["address"] for line in ended.out.splitlines()],
        "csv": lambda: [row["address"] for row in csv.DictReader(io.StringIO(ended.out))],
    }[form]()
    assert found == ["10.0.0.9", "10.0.0.10", "10.0.0.11", "fd00::5"]
    assert "camscan: 4 devices: " in ended.err


def test_a_dry_run_sends_nothing_and_lists_every_step(scanner: Scanner) -> None:
    table = run("scan", "10.0.0.0/24", "--exclude", "10.0.0.9", "--dry-run")
    plan = json.loads(run("scan", "10.0.0.0/24", "--exclude", "10.0.0.9", "--dry-run", "-f", "json").out)
    assert (table.code, table.err, scanner.plans) == (0, "", [])
    assert plan["schema"] == "camscan.plan/1"
    assert plan["scope"]["excluded"] == ["10.0.0.9/32"]
    assert plan["scope"]["addresses"] == 253
    assert plan["totals"]["packets"] > 0
    assert all(step["channel"] in table.out or step["per_host"] for step in plan["steps"])
    assert "Dry run: nothing was sent" in table.out
    assert "Left out   10.0.0.9\n" in table.out


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_dry_run_has_a_row_a_step_in_the_other_forms(scanner: Scanner, form: str) -> None:
    arguments = ("scan", "10.0.0.0/24", "--dry-run", "-f")
    steps = json.loads(run(*arguments, "json").out)["steps"]
    text = run(*arguments, form).out
    rows = [json.loads(r) for r in text.splitlines()] if form == "jsonl" else list(csv.DictReader(io.StringIO(text)))
    assert [row["channel"] for row in rows] == [step["channel"] for step in steps]


def test_a_host_name_is_looked_up_and_said(scanner: Scanner) -> None:
    ended = run("scan", "cam-1", "--dry-run", "-f", "json")
    assert json.loads(ended.out)["scope"]["swept"] == ["10.0.0.5/32"]
    assert "looked up cam-1 by this machine's resolver (10.0.0.53)" in json.loads(ended.out)["notes"]


def test_targets_come_from_files_and_stdin(scanner: Scanner, tmp_path: Path) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text("\ufeff10.0.0.1 # gate\n\n10.0.0.2\n", encoding="utf-8")
    ended = run("scan", "-", "--targets", str(listed), "--dry-run", "-f", "json", stdin="10.0.0.3\n# no\n")
    assert json.loads(ended.out)["scope"]["addresses"] == 3


def test_exclusions_come_from_arguments_and_files(scanner: Scanner, tmp_path: Path) -> None:
    listed = tmp_path / "never.txt"
    listed.write_text("10.0.0.1-10.0.0.9\n", encoding="utf-8")
    arguments = ("scan", "10.0.0.0/24", "--exclude", "10.0.0.10,cam-1", "--exclude-file", str(listed))
    assert json.loads(run(*arguments, "--dry-run", "-f", "json").out)["scope"]["addresses"] == 244


def test_settings_reach_the_plan(scanner: Scanner) -> None:
    run("scan", "10.0.0.0/24", "--no-challenge", "--rate", "50")
    assert (scanner.plan.settings.challenge, scanner.plan.settings.rate) == (False, 50)
    assert not any("challenge" in step.requests for step in scanner.plan.steps)


def test_only_the_interface_that_was_named_is_used(scanner: Scanner) -> None:
    run("scan", "10.0.0.0/24", "192.168.5.0/24", "--interface", "eth1")
    assert {i.name for i, _ in scanner.plan.scope.segments} == {"eth1"}
    assert {s.interface for s in scanner.plan.steps if s.not_possible is None and not s.per_host} == {"eth1"}


def test_the_credential_comes_from_the_environment_alone(scanner: Scanner) -> None:
    given = {USER_VARIABLE: "auditor", PASSWORD_VARIABLE: "secret"}
    ended = run("scan", "10.0.0.5", environment=given)
    assert scanner.plan.settings.credential == ("auditor", "secret")
    assert "secret" not in ended.out + ended.err + repr(scanner.plan)
    half = run("scan", "10.0.0.5", environment={USER_VARIABLE: "auditor"})
    assert (half.code, half.err.count("\n")) == (2, 1)


@pytest.mark.parametrize("bad", ["secret\x1b[31m", "secret\n", "secret\0", "secret\udcff", "secret\u202e"])
@pytest.mark.parametrize("name", [USER_VARIABLE, PASSWORD_VARIABLE])
def test_a_credential_that_no_message_can_carry_is_refused_and_not_shown(name: str, bad: str) -> None:
    given = {USER_VARIABLE: "auditor", PASSWORD_VARIABLE: "passé wörd"}
    assert read_credential(given) == ("auditor", "passé wörd")
    with pytest.raises(UsageError, match=f"^{name} holds a control character") as caught:
        read_credential(given | {name: bad})
    assert "secret" not in str(caught.value)


def test_a_refused_credential_ends_with_2_before_anything_is_sent(scanner: Scanner) -> None:
    ended = run("scan", "10.0.0.5", environment={USER_VARIABLE: "auditor", PASSWORD_VARIABLE: "secret\x07"})
    assert (ended.code, ended.err.count("\n"), scanner.plans) == (2, 1, [])
    assert "secret" not in ended.err


@pytest.mark.parametrize(
    ("limit", "attempts", "dialogues"),
    [
        (1024, 512, 64),
        (256, 128, 64),
        (64, 32, 16),
        (20, 10, 8),
        (1 << 20, 512, 64),
        (resource.RLIM_INFINITY, 512, 64),
    ],
)
def test_no_more_connections_at_once_than_files_may_be_open(
    scanner: Scanner, monkeypatch: pytest.MonkeyPatch, limit: int, attempts: int, dialogues: int
) -> None:
    given: list[tuple[int, int]] = []

    def pace(rate: float, burst: float, *, attempts: int, connections: int) -> Pace:
        given.append((attempts, connections))
        return Pace(rate, burst, attempts=attempts, connections=connections)

    monkeypatch.setattr(resource, "getrlimit", lambda number: (limit, limit))
    monkeypatch.setattr(conduct, "Pace", pace)
    ended = run("scan", "10.0.0.5")
    assert given == [(attempts, dialogues)]
    assert scanner.plan.settings.hosts_at_once == min(256, attempts)
    assert ("files may be open at once" in ended.err) is (attempts < 512)


def test_a_dry_run_says_what_a_scan_could_not_reach(scanner: Scanner) -> None:
    arguments = ("scan", "--interface", "eth1", "--dry-run", "-f", "json")
    beyond = run(*arguments, "10.0.0.0/24", "10.0.1.0/24", "192.168.5.9")
    said = "camscan: 2 networks have no route by eth1: a scan would send nothing there and end with code 3\n"
    assert (beyond.code, beyond.err) == (0, said)
    one = run(*arguments, "10.0.0.0/24")
    assert one.err.startswith("camscan: 1 network has no route by eth1: ")
    assert run(*arguments, "10.0.0.0/24", "-q").err == ""
    assert run(*arguments, "192.168.5.9").err == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("10.0.0.300",),
        ("",),
        ("10.0.0.0/33",),
        ("no-such-name",),
        ("public.example",),
        ("8.8.8.8",),
        ("fd00::/64",),
        ("10.0.0.5", "--exclude", "10.0.0.0/8"),
        ("10.0.0.5", "--exclude", "no-such-name"),
        ("10.0.0.5", "--exclude", ""),
        ("10.0.0.5", "--interface", "eth9"),
        ("10.0.0.5", "--rate", "0"),
        ("10.0.0.5", "--rate", "fast"),
        ("10.0.0.5", "--format", "xml"),
        ("10.0.0.5", "--engine", "masscan"),
        ("10.0.0.5", "--no-such-option"),
        ("--targets", "/nonexistent/list"),
        ("--targets", "/"),
        ("--targets", "/dev/null"),
        ("--targets", "/dev/zero"),
        ("10.0.0.5", "--exclude-file", "/dev/zero"),
        ("10.0.0.5", "--exclude-file", "/nonexistent/list"),
        ("-", "--exclude-file", "-"),
        ("10.0.0.5", "--output", "/nonexistent/out"),
        ("10.0.0.5", "--output", "/"),
        ("10.0.0.5", "--replies", "/nonexistent/out"),
        ("10.0.0.5", "--replies", "-"),
        ("10.0.0.5", "--request-log", "/nonexistent/out"),
        ("10.0.0.5", "--output", "/dev/one", "--replies", "/dev/../dev/one"),
        ("cam\x1b[31m",),
        ("cam\nname",),
    ],
)
def test_a_mistake_is_one_line_on_stderr_and_exit_code_2(scanner: Scanner, arguments: tuple[str, ...]) -> None:
    ended = run("scan", *arguments)
    assert (ended.code, ended.out, scanner.plans) == (2, "", [])
    assert ended.err.startswith("camscan: ")
    assert ended.err.count("\n") == 1
    assert ended.err.rstrip("\n").isprintable()


def test_a_mistake_in_a_file_names_file_line_and_reason(scanner: Scanner, tmp_path: Path) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text("10.0.0.1\n10.0.0.400\n", encoding="utf-8")
    assert run("scan", "--targets", str(listed)).err == (
        f'camscan: {listed}:2: "10.0.0.400": Octet 400 (> 255) not permitted\n'
    )
    listed.write_bytes(b"10.0.0.1 # \xff\n")
    assert run("scan", "--targets", str(listed)).err == f"camscan: {listed}:1: not UTF-8 text\n"


def test_a_name_that_does_not_resolve_says_where_it_stands(scanner: Scanner) -> None:
    assert run("scan", "-", stdin="\nno-such\n").err == (
        'camscan: stdin:2: "no-such": does not resolve: Name or service not known\n'
    )


def test_nmap_as_engine_needs_the_program(scanner: Scanner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conduct, "nmap_available", lambda: None)
    ended = run("scan", "10.0.0.5", "--engine", "nmap")
    assert (ended.code, ended.err) == (4, "camscan: --engine nmap: no nmap program that runs is installed\n")
    monkeypatch.setattr(conduct, "nmap_available", lambda: "7.93")
    assert run("scan", "10.0.0.5", "--engine", "nmap").code == 0
    assert scanner.plan.settings.engine == "nmap"


def test_a_partial_scan_ends_with_3(scanner: Scanner) -> None:
    scanner.result = result(partial=True)
    ended = run("scan", "10.0.0.5")
    assert ended.code == 3
    assert "partial: some addresses could not be asked" in ended.err


def test_an_error_inside_tasks_that_ran_together_is_one_line(scanner: Scanner) -> None:
    def fail(stop: object) -> None:
        raise ExceptionGroup("tasks", [ExceptionGroup("inner", [CannotRunError("the disk is full")])])

    scanner.during = fail
    ended = run("scan", "10.0.0.5", "-q")
    assert (ended.code, ended.err) == (4, "camscan: the disk is full\n")


def test_a_mistake_of_camscan_is_told_apart(scanner: Scanner) -> None:
    def fail(stop: object) -> None:
        raise KeyError("bug")

    scanner.during = fail
    ended = run("scan", "10.0.0.5")
    assert ended.code == 4
    assert "Traceback" in ended.err
    assert ended.err.endswith("camscan: this is a mistake in camscan: KeyError\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_scan_delivers_what_was_found_and_ends_with_130(
    scanner: Scanner, tmp_path: Path, number: signal.Signals
) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    scanner.result = replace(ordinary(), partial=True)
    scanner.during = lambda stop: os.kill(os.getpid(), number)
    output = tmp_path / "out.json"
    ended = run("scan", "10.0.0.5", "-f", "json", "-o", str(output))
    assert ended.code == 130
    assert "interrupted: this is what was found until then" in ended.err
    assert document(output.read_text(encoding="utf-8"))["scan"]["partial"] is True
    assert list(tmp_path.iterdir()) == [output]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_ends_it_at_once_and_leaves_no_file(
    scanner: Scanner, tmp_path: Path, number: signal.Signals
) -> None:
    def twice(stop: object) -> None:
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)
        pytest.fail("the second one was not heard")

    scanner.during = twice
    ended = run("scan", "10.0.0.5", "-o", str(tmp_path / "out"))
    assert (ended.code, ended.out) == (130, "")
    assert list(tmp_path.iterdir()) == []


def test_a_hang_up_that_is_ignored_stays_ignored(scanner: Scanner) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    scanner.during = lambda stop: os.kill(os.getpid(), signal.SIGHUP)
    try:
        assert run("scan", "10.0.0.5").code == 0
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_signals_are_as_before_when_a_command_has_ended(scanner: Scanner) -> None:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    run("scan", "10.0.0.5")
    assert [signal.getsignal(number) for number in numbers] == before


def test_replies_and_requests_are_recorded_line_by_line(scanner: Scanner, tmp_path: Path) -> None:
    replies, log = tmp_path / "replies.jsonl", tmp_path / "log.jsonl"
    run("scan", "10.0.0.5", "--replies", str(replies), "--request-log", str(log))
    recorded, logged = json.loads(replies.read_text()), json.loads(log.read_text())
    assert (recorded["address"], recorded["protocol"], recorded["reply"]) == ("10.0.0.5", "sadp", "x")
    assert (logged["address"], logged["request"], logged["bytes"]) == ("10.0.0.5", "inquiry", 9)


def test_an_output_file_is_replaced_whole(scanner: Scanner, tmp_path: Path) -> None:
    output = tmp_path / "out.json"
    output.write_text("old", encoding="utf-8")
    output.chmod(0o640)
    ended = run("scan", "10.0.0.5", "-f", "json", "-o", str(output))
    assert (ended.code, ended.out) == (0, "")
    assert document(output.read_text(encoding="utf-8"))
    assert stat.S_IMODE(output.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [output]


def test_an_output_file_stays_as_it_was_when_the_scan_fails(scanner: Scanner, tmp_path: Path) -> None:
    def fail(stop: object) -> None:
        assert output.read_text(encoding="utf-8") == "old"
        raise CannotRunError("no")

    output = tmp_path / "out.json"
    output.write_text("old", encoding="utf-8")
    scanner.during = fail
    assert run("scan", "10.0.0.5", "-o", str(output)).code == 4
    assert output.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [output]


def test_an_output_by_a_link_replaces_what_the_link_names(scanner: Scanner, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "link.json"
    link.symlink_to(tmp_path / "real" / "out.json")
    run("scan", "10.0.0.5", "-f", "json", "-o", str(link))
    assert link.is_symlink()
    assert document((tmp_path / "real" / "out.json").read_text(encoding="utf-8"))


def test_a_device_as_output_is_written_not_replaced(scanner: Scanner) -> None:
    assert run("scan", "10.0.0.5", "-o", "/dev/null").code == 0
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_result_that_does_not_fit_its_disk_goes_to_stdout(scanner: Scanner) -> None:
    ended = run("scan", "10.0.0.5", "-q", "-f", "json", "-o", "/dev/full")
    said = "camscan: --output /dev/full: No space left on device; the result goes to stdout instead\n"
    assert (ended.code, ended.err) == (4, said)
    assert document(ended.out)["devices"]


@pytest.mark.parametrize("option", ["--replies", "--request-log"])
def test_a_full_disk_of_a_log_is_one_line_and_the_result_is_delivered(
    scanner: Scanner, tmp_path: Path, option: str
) -> None:
    output = tmp_path / "out.json"
    scanner.catches = True
    ended = run("scan", "10.0.0.5", "-q", "-f", "json", "-o", str(output), option, "/dev/full")
    reason = f"{option} /dev/full: No space left on device"
    assert (ended.code, ended.out) == (4, "")
    assert ended.err == f"camscan: ended early: {reason}; this is what was found until then\n"
    assert document(output.read_text(encoding="utf-8"))["devices"]


def test_the_real_scan_sends_nothing_more_and_delivers_when_its_log_is_full(tmp_path: Path) -> None:
    output = tmp_path / "out.json"
    arguments = ("127.83.99.9", "-q", "-f", "json", "-o", str(output), "--request-log", "/dev/full")
    command = [sys.executable, "-m", "camscan", "scan", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    reason = "--request-log /dev/full: No space left on device"
    assert (ended.returncode, ended.stdout) == (4, "")
    assert ended.stderr == f"camscan: ended early: {reason}; this is what was found until then\n"
    assert document(output.read_text(encoding="utf-8"))["scan"]["partial"] is True


def test_a_log_that_fails_when_it_is_closed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log"

    def refuse(self: object) -> None:
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    with open_log(path, "--replies") as log:
        assert log is not None
        log.write("line\n")
        with monkeypatch.context() as patch:
            patch.setattr(Log, "flush", refuse)
            log.close()
    assert log.failure == f"--replies {path}: Disk quota exceeded"
    assert path.read_text() == "line\n"


def test_a_log_that_is_not_complete_is_said_at_the_end_of_a_scan_that_is(
    scanner: Scanner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(self: Log) -> None:
        self.failure = "--replies x: Disk quota exceeded"
        io.TextIOWrapper.close(self)

    monkeypatch.setattr(Log, "close", fail)
    ended = run("scan", "10.0.0.5", "-q", "--replies", str(tmp_path / "x"))
    assert (ended.code, ended.err) == (4, "camscan: --replies x: Disk quota exceeded; the file is not complete\n")
    assert ended.out.startswith("Address ")


def test_a_loop_of_links_is_replaced_by_the_result(scanner: Scanner, tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert run("scan", "10.0.0.5", "-f", "json", "-o", str(loop)).code == 0
    assert document(loop.read_text(encoding="utf-8"))


@pytest.mark.parametrize("width", [80, 140])
def test_the_plan_fits_a_terminal(scanner: Scanner, width: int) -> None:
    run("scan", "10.0.0.0/24", "10.0.7.5-90", "192.168.5.0/24", "--exclude", "10.0.0.9")
    text = render_plan(scanner.plan, Format.TABLE, Screen(terminal=True, width=width))
    lines = re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()
    assert max(map(len, lines)) <= width
    assert any("10.0.7.5-10.0.7.90" in line for line in lines)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "quiet", "drawn"), [(Terminal, False, True), (Terminal, True, False), (io.StringIO, False, False)]
)
def test_progress_is_drawn_on_a_terminal_unless_quiet(
    monkeypatch: pytest.MonkeyPatch, stream: type[io.StringIO], quiet: bool, drawn: bool
) -> None:
    screen = stream()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with shown_progress(quiet) as listen:
        for done in range(3):
            listen(Progress(stage="ports", done=done, total=2, devices=7))
    assert ("ports" in screen.getvalue() and "7 devices" in screen.getvalue()) is drawn
    assert bool(screen.getvalue()) is drawn


class Gone(io.StringIO):
    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        raise OSError(errno.EIO, "Input/output error")


def test_a_terminal_that_was_closed_takes_only_the_progress_with_it(
    scanner: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr", Gone())
    monkeypatch.setenv("TERM", "xterm")
    with shown_progress(False) as listen:
        listen(Progress(stage="ports", done=1, total=2, devices=7))
    say("nobody hears this")
