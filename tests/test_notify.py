"""Messages about changes, taken by real servers on loopback: once each, also after a refusal, or a night on which the
server was down."""

import asyncio
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from camscan.change import Change, Comparison
from camscan.cli import notifying
from camscan.cli.notice_file import load_targets
from camscan.datafile import default_directory
from camscan.lab.network import Network
from camscan.register import ScanEntry
from camscan.report import message
from tests.cli_rig import Ended, Scanner, install, run
from tests.inventory_rig import camera, finding, scanned
from tests.notify_rig import MailServer, Serving, Webhook, free_port, nobody, targets
from tests.test_cli_commands import SADP, line
from tests.test_scan_loopback import CAMERA, site

__all__ = ["site"]

LAN = "10.0.0.0/24"


@pytest.fixture
def serving() -> Iterator[Serving]:
    started: list[Any] = []

    def keep(server: Any) -> Any:
        started.append(server)
        return server

    yield keep
    for server in started:
        server.stop()


@pytest.fixture
def scanner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Scanner:
    monkeypatch.setenv("CAMSCAN_INVENTORY", str(tmp_path / "inventory.sqlite"))
    monkeypatch.setattr(notifying, "WAITS", (0.01, 0.02))
    monkeypatch.setattr("apprise.NotifyBase.request_rate_per_sec", 0)  # it lets 5.5 seconds pass between two mails
    return install(monkeypatch)


def night(scanner: Scanner, file: Path, day: int, *devices: Any, **changes: Any) -> Ended:
    scanner.result = scanned(day, *devices, **changes)
    return run("scan", LAN, "--quiet", "--changes-only", "-f", "jsonl", "--notify", str(file))


def test_one_mail_tells_what_changed_and_a_quiet_night_none(scanner: Scanner, serving: Serving, tmp_path: Path) -> None:
    server = serving(MailServer())
    file = targets(tmp_path, it=server.url)
    assert night(scanner, file, 1, camera(1), camera(2)).err == ""
    night(scanner, file, 2, camera(1), camera(2))
    ended = night(scanner, file, 3, camera(1, findings=(finding(),)), camera(2, firmware="V5.4.9"))
    assert (ended.code, ended.err) == (0, "")
    first, second = server.taken
    assert first["Subject"] == "camscan: 2 new (laptop)"
    assert second["Subject"] == "camscan: 1 changed, 1 exposed (laptop)"
    assert (second["To"], second["From"]) == ("it@town.example", "camscan@town.example")
    lines = second.get_content().splitlines()
    assert lines[0] == "scan 3 of 2026-11-21T11:07:40Z (10.0.0.0/24)"
    assert lines[2:4] == [
        "changed 10.0.0.2 hikvision DS-2CD2042WD-I: firmware V5.4.5 -> V5.4.9",
        "exposed 10.0.0.1 hikvision DS-2CD2042WD-I: telnet-open (high)",
    ]
    assert "camscan diff 2 3 tells everything." in lines
    assert f"message {second['Idempotency-Key']}" in lines
    assert first["Idempotency-Key"] != second["Idempotency-Key"]


def test_a_server_that_refuses_is_asked_again(scanner: Scanner, serving: Serving, tmp_path: Path) -> None:
    server = serving(MailServer(refusals=2))
    ended = night(scanner, targets(tmp_path, it=server.url), 1, camera(1))
    assert (ended.code, ended.err, len(server.taken), server.refusals) == (0, "", 1, 0)
    assert run("notify", "pending").out == "0 messages wait\n"


def test_what_a_server_that_was_down_has_missed_arrives_the_next_night_once(
    scanner: Scanner, serving: Serving, tmp_path: Path
) -> None:
    down = nobody()
    file = targets(tmp_path, it=down.url)
    ended = night(scanner, file, 1, camera(1))
    assert (ended.code, len(ended.out.splitlines()), ended.err.count("\n")) == (0, 1, 1)
    assert ended.err.startswith("camscan: notify it: ")
    assert ended.err.endswith("; 1 message for the next run\n")
    assert run("notify", "pending").out.splitlines()[-1] == "1 message waits"
    assert "camscan: 1 new (laptop)" in run("notify", "pending").out
    server = serving(MailServer(port=down.port))
    assert night(scanner, file, 2, camera(1)).err == ""
    night(scanner, file, 3, camera(1))
    assert [mail["Subject"] for mail in server.taken] == ["camscan: 1 new (laptop)"]


def test_a_webhook_that_fails_gets_the_same_key_again(scanner: Scanner, serving: Serving, tmp_path: Path) -> None:
    hook = serving(Webhook(500))
    assert night(scanner, targets(tmp_path, hook=hook.url), 1, camera(1)).err == ""
    (key, first), (again, second) = hook.heard
    assert (key == again, first == second, len(key)) == (True, True, 32)
    assert (second["title"], second["type"]) == ("camscan: 1 new (laptop)", "info")
    assert second["message"].splitlines()[2] == "new 10.0.0.1 hikvision DS-2CD2042WD-I: 0 found, 0 affecting"


async def test_what_a_killed_run_could_not_send_the_next_one_does(
    site: Network, serving: Serving, tmp_path: Path
) -> None:
    hook = serving(Webhook(500))
    command = (sys.executable, "-m", "camscan", "scan", CAMERA, "--quiet", "--changes-only")
    command = (*command, "--notify", str(targets(tmp_path, hook=hook.url)))
    env = {"CAMSCAN_INVENTORY": str(tmp_path / "inventory.sqlite")}
    first = await started(*command, env=env)
    async with asyncio.timeout(60):
        while True:
            await asyncio.sleep(0.02)
            if hook.heard:
                break
    await asyncio.sleep(0.5)  # it knows that it was refused, and waits to try again
    first.kill()
    await first.wait()
    second = await started(*command, env=env)
    assert await second.wait() == 0
    (key, document), (again, same) = hook.heard
    assert (key, document) == (again, same)
    assert run("notify", "pending", environment=env).out == "0 messages wait\n"


async def started(*command: str, env: dict[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL, env=os.environ | env
    )


def test_no_redirect_is_followed(scanner: Scanner, serving: Serving, tmp_path: Path) -> None:
    hook = serving(Webhook(307, 307, 307))
    ended = night(scanner, targets(tmp_path, hook=hook.url), 1, camera(1))
    assert "1 message for the next run" in ended.err
    assert len(hook.heard) == 3


def test_syslog_of_another_machine_gets_a_datagram(scanner: Scanner, tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard:
        heard.bind(("127.0.0.1", 0))
        heard.settimeout(5)
        night(scanner, targets(tmp_path, log=f"rsyslog://127.0.0.1:{heard.getsockname()[1]}"), 1, camera(1))
        text = heard.recv(65536).decode()
    assert text.startswith("<")
    assert "new 10.0.0.1 hikvision DS-2CD2042WD-I" in text


def test_each_target_has_its_own_success(scanner: Scanner, serving: Serving, tmp_path: Path) -> None:
    hook = serving(Webhook())
    file = targets(tmp_path, mail=nobody().url, hook=hook.url)
    night(scanner, file, 1, camera(1))
    night(scanner, file, 2, camera(1), camera(2))
    assert [document["title"] for _, document in hook.heard] == ["camscan: 1 new (laptop)"] * 2
    assert run("notify", "pending").out.splitlines()[-1] == "2 messages wait"


def test_targets_are_told_what_is_of_interest_there(scanner: Scanner, serving: Serving, tmp_path: Path) -> None:
    hook = serving(Webhook())
    file = targets(tmp_path, hook=hook.url)
    file.write_text(file.read_text() + 'events = ["exposed"]\nseverity = "high"\n')
    night(scanner, file, 1, camera(1))
    night(scanner, file, 2, camera(1, findings=(finding(severity="medium"),)))
    assert hook.heard == []
    night(scanner, file, 3, camera(1, findings=(finding(severity="medium"), finding("upnp-open"))))
    assert [document["title"] for _, document in hook.heard] == ["camscan: 1 exposed (laptop)"]


HOSTILE = "IPC\r\nBcc: everybody@evil.example\r\n\r\n<script>\x1b[31m\u202e" + "A" * 5000


def test_no_name_of_a_device_or_place_makes_a_header(scanner: Scanner, serving: Serving, tmp_path: Path) -> None:
    server, hook = serving(MailServer()), serving(Webhook())
    file = targets(tmp_path, it=server.url, hook=hook.url)
    ended = night(scanner, file, 1, camera(1, model=HOSTILE, firmware=HOSTILE), vantage=HOSTILE)
    assert ended.err == ""
    (mail,), ((_, document),) = server.taken, hook.heard
    assert (mail["Bcc"], mail["Cc"], mail["To"]) == (None, None, "it@town.example")
    assert mail["Subject"].startswith("camscan: 1 new (IPC\\x0d\\x0aBcc: everybody@evil.example")
    assert len(mail["Subject"]) <= message.SUBJECT_LIMIT
    for lines in (lines_of(mail), document["message"].splitlines()):
        assert all(line.isprintable() and len(line) <= message.LINE_LIMIT for line in lines)
        assert lines[2].startswith("new 10.0.0.1 hikvision IPC\\x0d\\x0aBcc: everybody@evil.example")


def lines_of(mail: EmailMessage) -> list[str]:
    return str(mail.get_content()).splitlines()


def test_a_night_of_four_hundred_is_one_message() -> None:
    changes = tuple(
        Change(event="new", device=str(n), address=f"10.0.{n // 250}.{n % 250}", name="dahua", after="0 found")
        for n in range(400)
    )
    scan = ScanEntry(
        number=7, id="x", kind="scan", started=None, ended=0.0, recorded=0.0, scope=(LAN,), vantage=None, partial=True,
        failure=None, complete=False, data={}, tool_version="1",
    )  # fmt: skip
    told = Comparison(before=scan, after=replace(scan, number=8), changes=changes, unasked={"the scan was partial": 3})
    lines = message.body(told, "k").splitlines()
    assert message.subject(told) == "camscan: 400 new"
    assert sum(line.startswith("new ") for line in lines) == message.CHANGES_SHOWN
    assert "and 350 more" in lines
    assert lines[0] == "scan 8 of 1970-01-01T00:00:00Z (partial; 10.0.0.0/24)"
    assert "3 devices were not looked for, and may be there or not: the scan was partial" in lines


def test_a_test_message_says_who_took_it(serving: Serving, tmp_path: Path) -> None:
    server = serving(MailServer())
    file = targets(tmp_path, it=server.url)
    ended = run("notify", "test", "--notify", str(file))
    assert (ended.code, ended.err) == (0, "camscan: notify it: taken\n")
    assert [mail["Subject"] for mail in server.taken] == ["camscan: a test"]
    ended = run("notify", "test", "--notify", str(targets(tmp_path, other=nobody().url)), "--quiet")
    assert (ended.code, ended.err.count("\n")) == (4, 1)


SECRET = "hunter-2"
NAMED = '[[notify]]\nname = "it"\n'
ONE = NAMED + 'url = "json://h"\n'


@pytest.mark.parametrize(
    ("text", "mode", "reason"),
    [
        (f'{NAMED}url = "mailto://u:{SECRET}@h?to=a@b.example"', 0o640, "its mode is 0640"),
        ("", 0o600, "no [[notify]] in it"),
        (NAMED, 0o600, "notify it: url is missing"),
        (f'{NAMED}url = "nonsense://{SECRET}"', 0o600, "not an address that apprise knows"),
        (f'{NAMED}url = "{SECRET}"', 0o600, "not an address that apprise knows"),
        ('[[notify]]\nname = "a b"\nurl = "json://h"', 0o600, "a name is of letters"),
        (ONE * 2, 0o600, "two targets are called it"),
        (f'{ONE}events = ["old"]', 0o600, "events: old is none of new"),
        (f'{ONE}severity = "x"', 0o600, "severity: x is none of"),
        (f'{ONE}urls = "x"', 0o600, "unknown key urls"),
        ("x = [", 0o600, "notify.toml"),
    ],
)
def test_a_mistake_in_the_file_is_one_line_before_the_first_packet(
    scanner: Scanner, tmp_path: Path, text: str, mode: int, reason: str
) -> None:
    path = tmp_path / "notify.toml"
    path.write_text(text)
    path.chmod(mode)
    ended = run("scan", LAN, "--notify", str(path))
    assert (ended.code, ended.err.count("\n"), scanner.plans) == (2, 1, [])
    assert reason in ended.err
    assert SECRET not in ended.err


def test_nothing_of_an_address_is_shown_or_stored(scanner: Scanner, tmp_path: Path) -> None:
    file = targets(
        tmp_path, it=f"mailtos://camscan:{SECRET}@127.0.0.1:{free_port()}?from=camscan@town.example&to=it@town.example"
    )
    ended = night(scanner, file, 1, camera(1))
    assert "1 message for the next run" in ended.err
    assert SECRET not in ended.err + repr(load_targets(file))
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("inventory.sqlite*") if path.is_file())
    assert b"1 new" in stored
    assert SECRET.encode() not in stored
    assert b"town.example" not in stored


def test_a_scan_that_is_not_recorded_has_no_changes_to_tell(scanner: Scanner, tmp_path: Path) -> None:
    file = targets(tmp_path, it="json://127.0.0.1:9")
    ended = run("scan", LAN, "--notify", str(file), "--no-record")
    assert (ended.code, scanner.plans) == (2, [])


def test_newer_data_that_change_something_are_a_message_too(scanner: Scanner, serving: Serving, tmp_path: Path) -> None:
    server = serving(MailServer())
    file = targets(tmp_path, it=server.url)
    recorded, old = tmp_path / "replies.jsonl", tmp_path / "old"
    recorded.write_text(line(SADP.format(model="DS-2CD2143G2-I").replace("V5.4.5build 170124", "V5.5.150build 200101")))
    shutil.copytree(default_directory(), old)
    for path in (old / "advisories").glob("*2021-36260*"):
        path.unlink()
    assert run("replay", str(recorded), "--record", "--fingerprints", str(old)).code == 0
    for _ in range(2):  # the second time nothing changes, and nobody hears of it
        ended = run("reassess", "--quiet", "--output", str(tmp_path / "changes.txt"), "--notify", str(file))
        assert (ended.code, ended.err) == (0, "")
    (mail,) = server.taken
    assert mail["Subject"].startswith("camscan: 1 affected")
    assert "CVE-2021-36260" in mail.get_content()
