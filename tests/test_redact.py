"""What leaves a machine in a capture: nothing of the unit or its owner, in no form, and yet the same evidence."""

import base64
import json
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from camscan.cli.contribute import redact_reply, redaction_of
from camscan.cli.proof import Judge, difference
from camscan.datafile import load_toml
from camscan.identify.knowledge_base import load_knowledge
from camscan.identify.wording import known_words
from camscan.protocols.registry import load_protocols
from camscan.protocols.tls import encode_record
from camscan.reply import Reply, Transport
from camscan.report.capture import Capture, as_capture, paths, slug
from camscan.report.redact import Redaction
from tests.capture_rig import DIRECTORY, data_of, judged
from tests.certificate_rig import certificate

KEY = bytes(32)
FILES = sorted(DIRECTORY.rglob("*.toml"))
IDENTIFIERS = ("serial", "short_serial", "mac", "scope_mac", "uuid", "device_id", "address", "gateway", "address6")
OWNERS = ("name", "instance", "device_location", "scope_location")
NOBODYS = {"192.0.0.64", "0.0.0.0", "::", "HCVR", "NVR", "Network Video Recorder", "city/hangzhou", "hangzhou"}
NOBODYS |= {"country/china", "country/India"}  # set by the maker, not by the owner


@cache
def judge() -> Judge:
    return Judge(knowledge=load_knowledge(), protocols=load_protocols())


def reply_of(document: dict[str, Any]) -> Reply:
    transport: Transport = document["transport"]
    return Reply(
        address="10.9.8.7",
        protocol=document["protocol"],
        transport=transport,
        port=document.get("port"),
        request=document["request"],
        data=data_of(document),
    )


def text_reply(text: str | bytes, protocol: str = "http") -> Reply:
    data = text.encode() if isinstance(text, str) else text
    return Reply(address="10.9.8.7", protocol=protocol, transport="tcp", port=80, request="root", data=data)


def redacted(*replies: Reply) -> tuple[list[Reply], Redaction]:
    redaction = redaction_of(list(replies), judge(), KEY)
    return [redact_reply(reply, redaction) for reply in replies], redaction


def forms(text: str) -> Iterator[bytes]:
    """Independently of the code under test: how a text may be spelled in a reply."""
    for spelled in (text, text.upper(), text.lower()):
        yield from (spelled.encode(), spelled.encode("utf-16-le"), spelled.encode("utf-16-be"))
        yield from (quote(spelled, safe="").encode(), json.dumps(spelled)[1:-1].encode())
    if re.fullmatch(r"(?:[0-9A-Fa-f]{2}[:-]?){6}", text):
        plain = re.sub("[:-]", "", text).lower()
        yield from (plain.encode(), plain.upper().encode(), bytes.fromhex(plain), bytes.fromhex(plain)[3:])


def secrets_of(reply: Reply) -> set[str]:
    fields = judge().fields(reply)
    values = {value for name in (*IDENTIFIERS, *OWNERS) for value in fields.get(name, ())}
    models = set(fields.get("model", ())) | set(fields.get("scope_hardware", ()))
    return {value for value in values - NOBODYS if value not in models and len(value) > 3}  # `0` is no name


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_capture_redacted_says_the_same_and_tells_nobody(path: Path) -> None:
    reply = reply_of(load_toml(path))
    (after,), redaction = redacted(reply)
    assert difference(reply, after, judge()) is None
    assert len(after.data) == len(reply.data)
    assert redaction.leftovers(after.data, judge().fields(after)) == []
    written = as_capture(Capture(reply=after, fields={}, device=None, origin="a test", day=date(2026, 1, 1)))
    for secret in secrets_of(reply):
        edge = (rb"(?<![0-9.])", rb"(?![0-9])") if secret[:1].isdigit() and "." in secret else (b"", b"")
        found = [f for f in forms(secret) if re.search(edge[0] + re.escape(f) + edge[1], after.data + written.encode())]
        assert not found, secret


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_is_written_passes_as_a_capture(path: Path, tmp_path: Path) -> None:
    (after,), _ = redacted(reply_of(load_toml(path)))
    made = Capture(
        reply=after,
        fields=judge().fields(after),
        device=judge().device(after),
        origin="a test",
        day=date(2026, 1, 1),
    )
    ((name, capture),) = paths([made])
    (tmp_path / "one.toml").write_text(as_capture(capture), encoding="utf-8")
    document = load_toml(tmp_path / "one.toml")
    assert data_of(document) == after.data
    assert name.startswith(f"{document['protocol']}/")
    fields = judge().fields(reply_of(document))
    wanted = {k: tuple(v) if isinstance(v, list) else (v,) for k, v in document["fields"].items()}
    assert {k: fields.get(k) for k in wanted} == wanted
    device = judged(document)
    assert {k: getattr(device, k, None) or "" for k in document["device"]} == document["device"]


SERIAL, MAC = "4M0AC27PAZ5E1D3", "3c:ef:8c:1a:2b:3c"
PLAIN = MAC.replace(":", "")
KNOWN = text_reply(
    f"serialNumber={SERIAL}\r\ndeviceType=IPC-HFW5442E-ZE\r\n", "magicbox"
)  # names the serial; the other reply only carries it


@pytest.mark.parametrize(
    "form",
    [
        SERIAL,
        SERIAL.lower(),
        "".join(f"%{ord(c):02X}" for c in SERIAL),
        base64.b64encode(f"user {SERIAL} realm".encode()).decode(),
        base64.b64encode(f"x{SERIAL}".encode()).decode(),
        f"id {SERIAL}".encode().hex(),
        f"id {SERIAL}".encode().hex().upper(),
    ],
)
def test_a_serial_known_from_one_protocol_goes_from_all_in_every_form(form: str) -> None:
    page = text_reply(f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body>{form}</body></html>")
    (_, after), _ = redacted(KNOWN, page)
    assert form.encode() not in after.data
    assert len(after.data) == len(page.data)
    (alone, _), _ = redacted(KNOWN, page)
    stand_in = judge().fields(alone)["serial"][0]
    assert stand_in != SERIAL
    if form == SERIAL:
        assert stand_in.encode() in after.data


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_serial_in_utf_16_goes(encoding: str) -> None:
    page = text_reply(b"HTTP/1.1 200 OK\r\n\r\n<" + SERIAL.encode(encoding) + b">")
    (_, after), _ = redacted(KNOWN, page)
    assert SERIAL.encode(encoding) not in after.data


@pytest.mark.parametrize(
    "form",
    [MAC, MAC.upper(), MAC.replace(":", "-"), PLAIN, PLAIN.upper(), "3cef.8c1a.2b3c", "3c%3Aef%3A8c%3A1a%3A2b%3A3c"],
)
def test_a_mac_keeps_its_maker_and_loses_its_number(form: str) -> None:
    known = text_reply(json.dumps({"id": 1, "params": {"mac": MAC, "realm": "x"}, "result": False}), "rpc2")
    page = text_reply(f"HTTP/1.1 200 OK\r\n\r\n<p>{form}</p><p>cam-1A2B3C</p>")
    (_, after), _ = redacted(known, page)
    assert b"1A2B3C" not in after.data
    assert form.encode() not in after.data
    assert form[:2].encode() in after.data


GBK_NAME = "张伟的相机"


def test_a_name_in_gb_18030_goes() -> None:
    device = f"<DeviceInfo><deviceName>{GBK_NAME}</deviceName><model>DS-2CD2042WD-I</model></DeviceInfo>"
    xml = f'<?xml version="1.0" encoding="GB2312"?>{device}'
    reply = text_reply(xml.encode("gb18030"), "isapi")
    (after,), redaction = redacted(reply)
    assert GBK_NAME.encode("gb18030") not in after.data
    assert len(after.data) == len(reply.data)
    assert redaction.counts["name"]


@pytest.mark.parametrize(
    "text",
    [
        "<userName>jan.devries</userName>",
        '{"ssid":"TownHall-Guest"}',
        "rtsp://jan.devries:Geheim@10.0.0.5:554/",
        "<p>jan.devries@townhall.example</p>",
        "<phoneNumber>0612345678</phoneNumber>",
        'WWW-Authenticate: Digest realm="x", nonce="TownHall0612345678"',
    ],
)
def test_accounts_and_places_go(text: str) -> None:
    reply = text_reply(f"HTTP/1.1 200 OK\r\nServer: x\r\n{text if text.startswith('WWW') else ''}\r\n\r\n<p>{text}</p>")
    (after,), _ = redacted(reply)
    for secret in (b"jan.devries", b"TownHall", b"Geheim", b"townhall", b"0612345678", b"10.0.0.5"):
        assert secret not in after.data
    assert len(after.data) == len(reply.data)


def test_two_addresses_stay_two_and_one_stays_one() -> None:
    text = "HTTP/1.1 200 OK\r\n\r\n" + " ".join(f"<p>192.168.50.{n}</p>" for n in (21, 22, 23, 21))
    (after,), _ = redacted(text_reply(text))
    seen = re.findall(rb"<p>([0-9.]+)</p>", after.data)
    assert len(set(seen)) == 3
    assert seen[0] == seen[3]
    assert all(address.startswith(b"203.0.113.") for address in seen)


@pytest.mark.parametrize("kept", ["192.168.1.108", "255.255.255.0", "127.0.0.1", "239.255.255.250", "V5.4.5"])
def test_what_every_unit_has_stays(kept: str) -> None:
    (after,), _ = redacted(text_reply(f"HTTP/1.1 200 OK\r\nServer: {kept}\r\n\r\n"))
    assert kept.encode() in after.data


def test_without_the_key_a_stand_in_is_another() -> None:
    one = redact_reply(KNOWN, redaction_of([KNOWN], judge(), b"1" * 32)).data
    other = redact_reply(KNOWN, redaction_of([KNOWN], judge(), b"2" * 32)).data
    assert one != other


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_a_certificate_becomes_another_with_the_same_names(kind: str) -> None:
    der = certificate(kind, name=SERIAL, issuer="Dahua Device CA", address="10.20.30.40")
    reply = text_reply(encode_record("strict", "TLSv1.2", "AES128-SHA", der), "tls")
    (after, _), _ = redacted(reply, KNOWN)
    before, now = judge().fields(reply), judge().fields(after)
    assert difference(reply, after, judge()) is None
    assert before["subject_cn"] != now["subject_cn"]
    assert before["fingerprint_sha256"] != now["fingerprint_sha256"]
    assert {n: v for n, v in before.items() if n.startswith(("issuer", "key", "not_", "signature"))} == {
        n: v for n, v in now.items() if n.startswith(("issuer", "key", "not_", "signature"))
    }
    left = base64.b64decode(b"".join(after.data.split(b"-----")[2].split()))
    old = base64.b64decode(b"".join(reply.data.split(b"-----")[2].split()))
    same = [
        old[at : at + 16]
        for at in range(len(old) - 16)
        if old[at : at + 16] in left and len(set(old[at : at + 16])) > 9
    ]
    assert SERIAL.encode() not in left
    assert bytes((10, 20, 30, 40)) not in left
    assert not any(run in left for run in (old[-64:], old[-128:-64]))
    assert len(same) < len(old) // 2


def test_a_difference_in_what_is_said_is_seen() -> None:
    assert difference(KNOWN, text_reply("serialNumber=1\r\n", "magicbox"), judge()) is not None
    other = KNOWN.data.replace(b"IPC-HFW5442E-ZE", b"XYZ-HFW5442E-ZE")
    assert "says something else" in (difference(KNOWN, text_reply(other, "magicbox"), judge()) or "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("../../etc/passwd", "etc-passwd"), ("DS-7616NI-K2/16P", "DS-7616NI-K2-16P"), ("", "unknown"), (".", "unknown")],
)
def test_a_device_does_not_choose_where_its_capture_goes(text: str, expected: str) -> None:
    assert slug(text) == expected


@pytest.mark.parametrize(
    "data",
    [b'a"""b\\c\r\n\x1b[31m\td"', b"\xff\x00binary", b"\r", b'"', b'""""""', "\u202e\ufeff名".encode(), b"\n\n", b""],
)
def test_any_bytes_come_back_from_the_file(data: bytes, tmp_path: Path) -> None:
    reply = Reply(address="192.0.2.1", protocol="http", transport="tcp", port=80, request='a"\\\x1b', data=data)
    fields = {"title": ('"quoted"\\', "line\nend\x07")}
    text = as_capture(Capture(reply=reply, fields=fields, device=None, origin="a test", day=date(2026, 1, 1)))
    (tmp_path / "one.toml").write_text(text, encoding="utf-8")
    document = load_toml(tmp_path / "one.toml")
    assert data_of(document) == data
    assert document["fields"]["title"] == list(fields["title"])
    assert document["request"] == 'a"\\\x1b'


def test_words_of_patterns_are_known_and_those_of_owners_are_not() -> None:
    words = known_words(judge().knowledge)
    assert {"netsurveillance", "dvrnvrdvs", "hikvision", "amcrest"} <= words
    assert not {"lobby", "gate", "front"} & words
