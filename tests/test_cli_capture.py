"""`camscan capture`: from a recording, and from a device of the lab; files appear whole, or the reason is one line."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from camscan.cli import contribute
from camscan.datafile import load_toml
from camscan.identify.knowledge_base import Knowledge, load_knowledge
from camscan.intake.replay import as_line
from camscan.lab import loopback
from camscan.lab.site import load_site
from camscan.reply import Reply
from tests.capture_rig import check_device, check_fields
from tests.cli_rig import Ended, run

ADDRESS, SERIAL, MAC = "10.0.0.64", "DS-2CD2042WD-I20160101AAWR123456789", "44-19-b6-01-02-03"
SADP = f"""<?xml version="1.0" encoding="UTF-8"?><ProbeMatch><Uuid>0</Uuid><Types>inquiry</Types>
<DeviceType>138</DeviceType><DeviceDescription>DS-2CD2042WD-I</DeviceDescription>
<DeviceSN>{SERIAL}</DeviceSN><MAC>{MAC}</MAC>
<IPv4Address>{ADDRESS}</IPv4Address><SoftwareVersion>V5.4.5build 170124</SoftwareVersion></ProbeMatch>"""
PAGE = f"HTTP/1.1 200 OK\r\nServer: App-webs/\r\nETag: x\r\n\r\n<html>{MAC} 123456789 at {ADDRESS}</html>"
LAB = {"127.83.10.14": "hikvision", "127.83.10.42": "dahua"}
SECONDS = 90


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture
def recording(tmp_path: Path, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(contribute, "load_knowledge", lambda directory: knowledge)
    replies = (
        Reply(address=ADDRESS, protocol="sadp", transport="udp", port=37020, request="inquiry", data=SADP.encode()),
        Reply(address=ADDRESS, protocol="http", transport="tcp", port=80, request="root", data=PAGE.encode()),
        Reply(address=ADDRESS, protocol="http", transport="tcp", port=80, request="root", data=b"\0garbage"),
        Reply(address="10.0.0.65", protocol="http", transport="tcp", port=80, request="root", data=PAGE.encode()),
    )
    path = tmp_path / "replies.jsonl"
    path.write_text("".join(as_line(reply) + "\n" for reply in replies), encoding="utf-8")
    return path


def capture(recording: Path, *more: str, address: str = ADDRESS) -> Ended:
    return run("capture", address, "--from", str(recording), "--output", str(recording.parent / "made"), *more)


def test_a_recording_becomes_captures_that_pass(recording: Path) -> None:
    ended = capture(recording)
    made = sorted((recording.parent / "made").rglob("*.toml"))
    assert (ended.code, ended.out) == (0, "")
    assert [path.relative_to(recording.parent / "made").as_posix() for path in made] == [
        "http/hikvision_unknown_unknown.toml",
        "sadp/hikvision_DS-2CD2042WD-I_V5.4.5.toml",
    ]
    for path in made:
        check_fields(load_toml(path))
        check_device(load_toml(path))
        text = path.read_text(encoding="utf-8")
        assert not any(secret in text for secret in ("123456789", "01-02-03", ADDRESS))
    stand_in = load_toml(made[1])["fields"]["serial"]
    assert stand_in.startswith("DS-2CD2042WD-I20160101AAWR")
    assert stand_in[-9:] in made[0].read_text(encoding="utf-8")


def test_what_was_replaced_and_left_out_is_said_without_the_originals(recording: Path) -> None:
    ended = capture(recording)
    assert "replaced: MAC 2, address 2, serial 2" in ended.err
    assert "http root is left out: " in ended.err
    assert "before you share them" in ended.err
    assert not any(secret in ended.err for secret in ("123456789", "01-02-03", ADDRESS))
    quiet = capture(recording, "--force", "--quiet").err.splitlines()
    assert [line.split(":")[1] for line in quiet] == [" http root is left out"]


def test_nothing_is_overwritten_unless_forced(recording: Path) -> None:
    capture(recording)
    path = recording.parent / "made" / "sadp" / "hikvision_DS-2CD2042WD-I_V5.4.5.toml"
    path.write_text("mine", encoding="utf-8")
    (recording.parent / "made" / "http" / "hikvision_unknown_unknown.toml").unlink()
    ended = capture(recording)
    assert (ended.code, ended.err.splitlines()[-1]) == (2, f"camscan: {path}: is there already; --force replaces it")
    assert path.read_text(encoding="utf-8") == "mine"
    assert not list(path.parent.parent.glob("http/*"))
    assert capture(recording, "--force").code == 0
    assert path.read_text(encoding="utf-8") != "mine"


@pytest.mark.parametrize("address", ["10.0.0.0/24", "camera-1", "10.0.0.1-5", "-"])
def test_a_capture_is_of_one_address(recording: Path, address: str) -> None:
    ended = capture(recording, address=address)
    assert (ended.code, ended.err) == (2, f"camscan: {address}: not an IP address; a capture is of one device\n")


def test_an_address_that_is_not_recorded_is_a_mistake(recording: Path) -> None:
    ended = capture(recording, address="10.0.0.9")
    assert (ended.code, ended.err) == (2, f"camscan: {recording}: no reply of 10.0.0.9 among its 4\n")


def test_a_directory_that_cannot_be_made_is_one_line(recording: Path) -> None:
    (recording.parent / "made").write_text("a file", encoding="utf-8")
    ended = capture(recording, "-q")
    assert ended.code == 2
    assert ended.err.splitlines()[-1].startswith("camscan: --output ")


def test_what_says_nothing_becomes_no_capture(recording: Path) -> None:
    reply = Reply(address=ADDRESS, protocol="http", transport="tcp", port=80, request="root", data=b"\0")
    recording.write_text(as_line(reply) + "\n", encoding="utf-8")
    ended = capture(recording)
    assert (ended.code, ended.err.splitlines()[-1]) == (4, f"camscan: {ADDRESS}: no reply that could become a capture")


def test_a_reply_that_would_say_something_else_is_left_out(recording: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contribute, "EVIDENCE", ())
    monkeypatch.setattr(contribute.Redaction, "redact", lambda self, data: data.replace(b"V5.4.5", b"V9.9.9"))
    ended = capture(recording)
    assert "sadp inquiry is left out: once redacted it says something else: " in ended.err
    assert not (recording.parent / "made" / "sadp").exists()


def test_a_public_address_is_refused_without_leave() -> None:
    ended = run("capture", "203.0.114.5")
    assert ended.code == 2
    assert "--allow-public" in ended.err


async def test_devices_of_the_lab_become_captures(tmp_path: Path) -> None:
    async with loopback.serve(load_site()):
        for address, vendor in LAB.items():
            folder = tmp_path / vendor
            arguments = ("capture", address, "-q", "--output", str(folder))
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "camscan", *arguments, stderr=asyncio.subprocess.PIPE
            )
            async with asyncio.timeout(SECONDS):
                _, errors = await process.communicate()
            assert process.returncode == 0, errors
            check_lab_captures(folder, vendor, address)


def check_lab_captures(folder: Path, vendor: str, address: str) -> None:
    planted = next(d for d in load_site().devices if loopback.stand_in(d.address) == address)
    plain = planted.mac.replace(":", "").lower()
    documents = [load_toml(path) for path in folder.rglob("*.toml")]
    assert {d["device"]["vendor"] for d in documents} <= {vendor, ""}
    assert {"http", "wsdiscovery", "rtsp"} < {d["protocol"] for d in documents}
    assert planted.truth.model in {d["device"].get("model") for d in documents}
    for document in documents:
        check_fields(document)
        check_device(document)
        data = json.dumps(document, default=str).lower()
        raw = document["reply"].lower()
        for secret in filter(None, (planted.truth.serial, address, planted.mac, plain, plain[6:])):
            assert secret.lower() not in data
            assert secret.lower().encode().hex() not in raw
