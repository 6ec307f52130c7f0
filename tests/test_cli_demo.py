"""`camscan demo`: how it judges an answer, and that it leaves nothing behind, whoever ends it. The scan is made up."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from camscan.cli import demo, replay
from camscan.errors import CannotRunError
from camscan.lab.site import load_site
from camscan.model import MAKERS, Conflict, Device
from tests.cli_rig import run
from tests.report_rig import device, result

SECONDS = 30.0  # far more than any step takes; a test that waits as long has failed
SITE = demo.Site(targets=("127.83.0.0/16",), scanner=None, devices=3, missing=())
IN_NAMESPACES = replace(SITE, scanner="camscan-x-scanner")

PROGRAM = textwrap.dedent(
    """
    import sys
    from camscan.cli import demo
    scan = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); print(1, flush=True); time.sleep(60)"
    demo._scan_command = lambda site, recording: [sys.executable, "-c", scan, sys.argv[-1]]
    from camscan.cli.main import app
    app(["demo", "--loopback"])
    """
)


def planted() -> dict[str, Device]:
    """The site as a scan sees it that finds every device and is deceived by none."""
    return {
        address: device(address, vendor=p.truth.vendor if p.truth.vendor in MAKERS else None)
        for address, p in demo._planted(SITE).items()
    }


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """The exit code and the messages for devices that a scan found."""

    def compare(found: dict[str, Device]) -> tuple[int, str]:
        recording = tmp_path / "replies.jsonl"
        recording.write_text("a reply\n", encoding="utf-8")
        monkeypatch.setattr(replay, "judge_files", lambda names, fingerprints: result(*found.values()))
        return demo._compare(SITE, recording), capsys.readouterr().err

    return compare


Judge = Callable[[dict[str, Device]], tuple[int, str]]


def address_of(wanted: Callable[[Any], bool]) -> str:
    return next(address for address, p in demo._planted(SITE).items() if wanted(p.truth))


def test_a_scan_that_finds_all_and_calls_no_other_by_their_name_passes(judge: Judge) -> None:
    code, said = judge(planted())
    targets = sum(p.truth.vendor in MAKERS for p in demo._planted(SITE).values())
    assert code == 0
    assert f"demo: {targets} of {targets} planted Hikvision and Dahua devices found and named\n" in said
    assert "demo: 0 of " in said


def test_a_device_that_is_missed_or_misnamed_fails(judge: Judge) -> None:
    found = planted()
    missed = address_of(lambda truth: truth.vendor == "hikvision")
    misnamed = address_of(lambda truth: truth.vendor == "dahua")
    del found[missed]
    found[misnamed] = replace(found[misnamed], vendor="hikvision")
    code, said = judge(found)
    assert code == 1
    assert f"demo: missed: {missed} (" in said
    assert f"demo: missed: {misnamed} (" in said


def test_another_device_called_by_their_name_fails(judge: Judge) -> None:
    other = address_of(lambda truth: truth.vendor not in MAKERS and not truth.imitates)
    doubt = (Conflict(attribute="vendor", values=(), reason="doubted"),)
    for conflicts in ((), doubt):
        code, said = judge(planted() | {other: device(other, vendor="dahua", conflicts=conflicts)})
        assert code == 1
        assert f"demo: wrongly named: {other} (" in said


def test_an_imitation_may_be_named_if_it_is_doubted(judge: Judge) -> None:
    fake = address_of(lambda truth: bool(truth.imitates))
    doubt = (Conflict(attribute="vendor", values=(), reason="doubted"),)
    assert judge(planted() | {fake: device(fake, vendor="hikvision")})[0] == 1
    assert judge(planted() | {fake: device(fake, vendor="hikvision", conflicts=doubt)})[0] == 0


def test_a_scan_that_heard_nobody_has_missed_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recording = tmp_path / "replies.jsonl"
    recording.touch()
    assert demo._compare(SITE, recording) == 1
    assert "demo: 0 of " in capsys.readouterr().err


def test_in_namespaces_devices_keep_their_addresses_and_the_scan_runs_inside() -> None:
    assert set(demo._planted(IN_NAMESPACES)) == {d.address for d in load_site().devices}
    command = demo._scan_command(IN_NAMESPACES, Path("x"))
    assert command[:4] == ["ip", "netns", "exec", "camscan-x-scanner"]
    assert demo._scan_command(SITE, Path("x")) == command[4:]
    assert command[-5:] == ["scan", "--no-record", "127.83.0.0/16", "--replies", "x"]


def test_the_site_stands_and_goes(tmp_path: Path) -> None:
    with demo._emulated(True) as site:
        assert site.scanner is None
        assert all(target.startswith("127.") for target in site.targets)
        assert site.devices > 10
        assert children()
    assert not children()


def test_a_lab_that_does_not_come_up_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(CannotRunError, match="did not come up"), demo._emulated(True):
        pytest.fail("there is no site")


@pytest.mark.parametrize("code", [2, 4, 130])
def test_a_scan_that_could_not_run_ends_the_demo_with_its_code(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    stand_in = [sys.executable, "-c", f"raise SystemExit({code})"]
    monkeypatch.setattr(demo, "_scan_command", lambda site, recording: stand_in)
    monkeypatch.setattr(demo, "_emulated", lambda loopback: nullcontext(SITE))
    assert run("demo").code == code


def test_a_process_that_will_not_end_is_ended() -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        demo._end(process, 0.2)
    assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_takes_scan_site_and_files_down(tmp_path: Path, number: signal.Signals) -> None:
    marker, folder = tmp_path / "pid", tmp_path / "temporary"
    folder.mkdir()
    command = [sys.executable, "-c", PROGRAM, str(marker)]
    environment = os.environ | {"TMPDIR": str(folder)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stdout
        assert process.stdout.readline() == b"1\n"
        below = children(process.pid)
        assert int(marker.read_text()) in below
        assert len(below) == 2
        assert list(folder.iterdir())
        process.send_signal(number)
        _, said = process.communicate(timeout=SECONDS)
    assert process.returncode == 130
    assert b"Traceback" not in said
    assert list(folder.iterdir()) == []
    assert not [pid for pid in below if is_running(pid)]


def children(parent: int | None = None) -> list[int]:
    """The processes below this one, or another."""
    number = parent or os.getpid()
    return [int(word) for word in Path(f"/proc/{number}/task/{number}/children").read_text().split()]


def is_running(pid: int) -> bool:
    """Whether a process is there, and more than a corpse that nobody has collected yet."""
    end = time.monotonic() + 2.0
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
        if state == "Z":
            return False
        time.sleep(0.05)
    return True


def test_the_ready_line_of_the_lab_is_what_the_demo_reads() -> None:
    program = f"print({json.dumps(json.dumps({'targets': ['a'], 'scanner': None, 'devices': 2, 'missing': []}))})"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert demo._read_site(process) == demo.Site(targets=("a",), scanner=None, devices=2, missing=())
