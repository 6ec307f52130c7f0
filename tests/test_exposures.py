"""Exposure rules: what is found, what is not there and what cannot be said, from the bytes of a reply to the report."""

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from camscan.assess.exposure.asked import asked_with_login, over_clear_text
from camscan.assess.exposure.case import SHOWN, Exposed, Surroundings, Unsaid, case_of
from camscan.assess.exposure.example import device_of_example
from camscan.assess.exposure.exposures import KINDS, Exposure, exposure_findings
from camscan.assess.exposure.file import FILE, load_exposures
from camscan.assess.exposure.rules import RULES
from camscan.assess.exposure.selftest import check_exposures, failing
from camscan.assess.exposure.surroundings import surroundings_of
from camscan.cli.known import words_of
from camscan.datafile import default_directory
from camscan.errors import KnowledgeError
from camscan.identify.knowledge_base import load_knowledge
from camscan.judge import concluded, noted
from camscan.model import Device, Finding, Middlebox, Observation, ScanResult
from camscan.protocols import rtsp
from camscan.protocols.tls import encode_record
from camscan.reply import Reply
from tests.assess_rig import shipped
from tests.certificate_rig import algorithm_of, by_hand, identifier, key_of
from tests.exposure_page import PAGE, page

KNOWLEDGE = load_knowledge()
WORDS = words_of(KNOWLEDGE.vocabulary)
EXPOSURES = load_exposures(default_directory(), WORDS)
HIKVISION = "192.0.2.7"
TODAY = date(2026, 11, 29)
NOON = 1764590400.0  # 2025-12-01T12:00:00Z
SADP = (
    '<?xml version="1.0" encoding="UTF-8"?><ProbeMatch><DeviceDescription>DS-2CD2042WD-I</DeviceDescription>'
    "<DeviceSN>DS-2CD2042WD-I20160101AAWR123456789</DeviceSN><MAC>44-19-b6-01-02-03</MAC>"
    "<IPv4Address>{address}</IPv4Address><IPv4SubnetMask>255.255.255.0</IPv4SubnetMask>"
    "<IPv4Gateway>{gateway}</IPv4Gateway><SoftwareVersion>V5.4.5build 170123</SoftwareVersion>"
    "<Activated>{activated}</Activated><PasswordResetAbility>true</PasswordResetAbility></ProbeMatch>"
)


def sadp(activated: str = "true", gateway: str = "192.0.2.1", address: str = HIKVISION, **how: Any) -> Reply:
    data = SADP.format(activated=activated, gateway=gateway, address=address).encode()
    stated: dict[str, Any] = {"channel": "multicast", "time": NOON, **how}
    return Reply(
        address=HIKVISION, protocol="sadp", transport="udp", port=37020, request="inquiry", data=data, **stated
    )


def tcp(protocol: str, port: int, request: str, data: bytes | str, **how: Any) -> Reply:
    raw = data.encode() if isinstance(data, str) else data
    stated: dict[str, Any] = {"address": HIKVISION, "channel": "tcp", "time": NOON, **how}
    return Reply(protocol=protocol, transport="tcp", port=port, request=request, data=raw, **stated)


def judged(*replies: Reply, ports: frozenset[int] | None = None) -> ScanResult:
    return concluded(noted(replies, KNOWLEDGE), shipped(), scan_id="x", rows=(), asked_ports=ports)


def findings(*replies: Reply, ports: frozenset[int] | None = None) -> dict[str, Finding]:
    """What is said of the Hikvision device in these replies."""
    device = next(d for d in judged(*replies, ports=ports).devices if HIKVISION in d.addresses)
    return {finding.id: finding for finding in device.findings}


def states(*replies: Reply, ports: frozenset[int] | None = None) -> dict[str, str]:
    return {name: finding.state for name, finding in findings(*replies, ports=ports).items()}


@pytest.mark.parametrize("exposure", EXPOSURES, ids=lambda one: one.id)
def test_every_example_comes_out(exposure: Exposure) -> None:
    assert list(failing(exposure, WORDS)) == []


def test_every_rule_has_words_and_a_paragraph() -> None:
    assert set(RULES) <= {one.id for one in EXPOSURES}
    assert page() == PAGE.read_text(encoding="utf-8")
    assert all(f"\n### {one.id}\n" in page() for one in EXPOSURES)


def test_a_finding_is_whole() -> None:
    finding = findings(sadp(activated="false"))["never-activated"]
    assert (finding.state, finding.severity, finding.reason) == ("found", "critical", None)
    assert finding.evidence == ("its sadp reply from 192.0.2.7:37020 says that it was never activated",)
    assert finding.confidence == 0.97
    assert finding.remedy and finding.source and finding.date == "2026-11-29"


def test_what_a_discovery_reply_lays_open() -> None:
    found = states(sadp(activated="false", gateway="198.51.100.1", address="192.168.1.64"))
    assert {name for name, state in found.items() if state == "found"} >= {
        "never-activated", "password-recovery-announced", "serial-disclosed", "discovery-answered",
        "wrong-subnet", "factory-address",
    }  # fmt: skip
    assert found["clear-text-management"] == "cannot-say"


def test_a_well_kept_device_has_none_of_it() -> None:
    everything = frozenset({21, 22, 23, 80, 443, 554, 8000, 9010, 9527, 9530})
    page = tcp("http", 443, "root", PAGE_OF_LOGIN)
    refused = tcp("rtsp", 554, "describe channel 101", "RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\n\r\n")
    found = states(sadp(), page, refused, tcp("onvif", 443, "system date and time", clock(12, 1)), ports=everything)
    assert {name for name, state in found.items() if state == "found"} == {
        "password-recovery-announced", "serial-disclosed", "discovery-answered",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("routed", "channel", "state"),
    [(True, "unicast", "found"), (False, "unicast", None), (None, "multicast", None), (None, "recorded", "cannot-say")],
)
def test_discovery_across_a_router(routed: bool | None, channel: str, state: str | None) -> None:
    assert states(sadp(routed=routed, channel=channel)).get("discovery-across-router") == state


DESCRIBED = (
    "RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Type: application/sdp\r\nContent-Length: 84\r\n\r\n"
    "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=Media Presentation\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\n"
)


@pytest.mark.parametrize(
    "request_", [rtsp.DESCRIBE_HIKVISION.name, rtsp.DESCRIBE_DAHUA.name, "DESCRIBE unauthenticated"]
)
def test_a_stream_described_without_a_login_is_found(request_: str) -> None:
    finding = findings(sadp(), tcp("rtsp", 554, request_, DESCRIBED))["rtsp-without-login"]
    assert finding.evidence == ("192.0.2.7:554 describes a stream without a login",)


@pytest.mark.parametrize(
    ("request_", "state"),
    [
        ("DESCRIBE with digest auth", "cannot-say"),
        ("DESCRIBE (authenticated)", "cannot-say"),
        ("DESCRIBE (200)", "cannot-say"),
    ],
)
def test_a_recording_may_not_tell_whether_a_login_was_sent(request_: str, state: str | None) -> None:
    recorded = tcp("rtsp", 554, request_, DESCRIBED, channel="recorded")
    assert states(sadp(), recorded).get("rtsp-without-login") == state


def soap(body: str) -> str:
    return f'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>{body}</s:Body></s:Envelope>'


def clock(hour: int, minute: int) -> str:
    return soap(
        "<GetSystemDateAndTimeResponse><SystemDateAndTime><UTCDateTime>"
        f"<Time><Hour>{hour}</Hour><Minute>{minute}</Minute><Second>0</Second></Time>"
        "<Date><Year>2025</Year><Month>12</Month><Day>1</Day></Date>"
        "</UTCDateTime></SystemDateAndTime></GetSystemDateAndTimeResponse>"
    )


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [
        (12, 4, None),
        (11, 56, None),
        (13, 0, "said 2025-12-01 13:00:00 at 2025-12-01 12:00:00: 60 minutes ahead"),
        (2, 30, "said 2025-12-01 02:30:00 at 2025-12-01 12:00:00: 570 minutes behind"),
    ],
)
def test_the_clock_is_held_against_the_time_of_the_reply(hour: int, minute: int, said: str | None) -> None:
    found = findings(sadp(), tcp("onvif", 80, "system date and time", clock(hour, minute)))
    evidence = found["clock-wrong"].evidence if "clock-wrong" in found else None
    assert evidence == (None if said is None else (f"192.0.2.7:80 {said}",))


def test_without_a_time_of_the_reply_the_clock_cannot_be_judged() -> None:
    finding = findings(sadp(), tcp("onvif", 80, "system date and time", clock(2, 0), time=None))["clock-wrong"]
    assert (finding.state, finding.confidence, finding.evidence) == ("cannot-say", 0.0, ())
    assert finding.reason == "it is not recorded when it told the time"


PAGE_OF_LOGIN = "HTTP/1.1 200 OK\r\nContent-Length: 34\r\n\r\n<html><title>login</title></html>\r\n"


def test_tls_is_missing_only_where_its_ports_were_tried() -> None:
    plain = tcp("http", 80, "root", PAGE_OF_LOGIN)
    assert states(sadp(), plain, ports=frozenset({80, 443}))["tls-missing"] == "found"
    assert states(sadp(), plain, ports=frozenset({80}))["tls-missing"] == "cannot-say"
    assert states(sadp(), plain)["tls-missing"] == "cannot-say"
    open_port = tcp("tcp", 443, "connect", b"")
    assert states(sadp(), plain, open_port, ports=frozenset({80, 443}))["tls-missing"] == "cannot-say"


def test_a_signpost_to_https_is_no_management_over_clear_text() -> None:
    moved = "HTTP/1.1 301 Moved\r\nLocation: https://192.0.2.7/\r\nContent-Length: 0\r\n\r\n"
    assert "clear-text-management" not in states(sadp(), tcp("http", 80, "root", moved))
    assert states(sadp(), tcp("http", 80, "root", PAGE_OF_LOGIN))["clear-text-management"] == "found"


def test_a_weak_certificate_is_read_from_its_bytes(weak_certificate: bytes) -> None:
    record = encode_record("legacy", "TLSv1", "AES128-SHA", weak_certificate)
    found = findings(sadp(), tcp("tls", 443, "handshake legacy", record))
    assert found["tls-weak-protocol"].evidence == ("192.0.2.7:443 speaks TLSv1, no later protocol",)
    assert found["tls-weak-key"].evidence == ("192.0.2.7:443 has a key of 1024 bits (rsa), fewer than 2048",)
    assert found["tls-certificate-expired"].evidence == ("192.0.2.7:443 shows a certificate that ended on 2024-01-01",)
    assert found["tls-certificate-self-signed"].state == "found"


@pytest.mark.parametrize(("curve", "said"), [("1.3.132.0.33", None), ("1.3.132.0.31", "192 bits (ec), fewer than 224")])
def test_a_short_curve_is_found_by_the_word_that_the_reader_has_for_it(curve: str, said: str | None) -> None:
    der = by_hand(key=key_of(algorithm_of("1.2.840.10045.2.1", identifier(curve)), b"\x04"))
    found = findings(sadp(), tcp("tls", 443, "handshake strict", encode_record("strict", "TLSv1.2", "x", der)))
    evidence = found["tls-weak-key"].evidence if "tls-weak-key" in found else ()
    assert evidence == ((f"192.0.2.7:443 has a key of {said}",) if said else ())


@pytest.fixture(scope="module")
def weak_certificate() -> bytes:
    from datetime import UTC, datetime

    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding

    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - weak is what is looked for
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "192.0.2.7")])
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(1).not_valid_before(datetime(2014, 1, 1, tzinfo=UTC))
    return built.not_valid_after(datetime(2024, 1, 1, tzinfo=UTC)).sign(key, SHA256()).public_bytes(Encoding.DER)


def test_what_a_login_was_needed_for_is_no_exposure() -> None:
    info = soap("<GetDeviceInformationResponse><Model>DS-2CD2042WD-I</Model></GetDeviceInformationResponse>")
    free = tcp("onvif", 80, "device information", info)
    assert states(sadp(), free)["onvif-identity-without-login"] == "found"
    signed = replace(free, request="GetDeviceInformation with credential")
    assert states(sadp(), signed)["onvif-identity-without-login"] == "cannot-say"


def test_other_makers_cameras_are_judged_and_printers_are_not() -> None:
    telnet = {"services": [{"port": 23, "protocol": "telnet"}]}
    camera = device_of_example({**telnet, "vendor": "axis", "kind": "camera"}, WORDS, "x")
    printer = device_of_example({**telnet, "vendor": "hp", "kind": "printer"}, WORDS, "x")
    around = Surroundings()
    found = [finding.id for finding in exposure_findings(camera, EXPOSURES, around) if finding.state == "found"]
    assert found == ["telnet-open"]
    assert exposure_findings(printer, EXPOSURES, around) == ()


def test_a_middlebox_is_not_judged() -> None:
    from camscan.assess.assess import assess

    box = Middlebox(addresses=9, networks=("192.0.2.0/24",), reason="")
    device = device_of_example({"services": [{"port": 23, "protocol": "telnet"}]}, WORDS, "x")
    assert assess(replace(device, middlebox=box), shipped()).findings == ()


def mapping(**fields: str) -> Observation:
    told = {"external_port": "8080", "internal_port": "80", "internal_client": HIKVISION, "mapping_protocol": "TCP"}
    reply = tcp("upnp", 5000, "mapping", b"", address="192.0.2.1")
    read = {name: (text,) for name, text in (told | fields).items()}
    return Observation(id="m", reply=reply, fields=read, channels=("tcp",))


def test_what_a_gateway_forwards_is_said_of_the_device_behind_it() -> None:
    around = surroundings_of([mapping(), mapping(internal_client="192.0.2.99")], None)
    device = device_of_example({"address": HIKVISION}, WORDS, "x")
    (finding,) = [one for one in exposure_findings(device, EXPOSURES, around) if one.id == "port-forwarded"]
    assert finding.evidence == ("the gateway 192.0.2.1 forwards its tcp port 8080 to port 80",)


def test_a_mapping_that_is_switched_off_forwards_nothing() -> None:
    assert surroundings_of([mapping(mapping_enabled="false")], None).forwarded == {}


def test_where_no_gateway_tells_it_cannot_be_said() -> None:
    assert states(sadp())["port-forwarded"] == "cannot-say"
    empty = tcp("upnp", 5000, "port mapping 0 to 9 of WANIPConnection:1", NO_MORE_MAPPINGS, address="192.0.2.1")
    assert "port-forwarded" not in states(sadp(), empty)


NO_MORE_MAPPINGS = soap(
    "<Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail><UPnPError>"
    "<errorCode>713</errorCode><errorDescription>SpecifiedArrayIndexInvalid</errorDescription></UPnPError></detail></Fault>"
)


def test_a_gateway_cannot_fill_the_report() -> None:
    around = surroundings_of([mapping(external_port=str(n)) for n in range(5000)], None)
    device = device_of_example({"address": HIKVISION}, WORDS, "x")
    (finding,) = [one for one in exposure_findings(device, EXPOSURES, around) if one.id == "port-forwarded"]
    assert len(finding.evidence) == SHOWN + 1
    assert finding.evidence[-1] == "and 60 more"


NASTY = (
    "",
    "0",
    "-1",
    "4294967296" * 50,
    "\x1b[31m",
    "١٢",
    "true",
    "False",
    "0.0.0.0/0",
    "9999-99-99T99:99:99Z",
    "𐍈" * 99,
)


FIELDS = (
    "activated", "init_mask", "open_functions_mask", "address", "netmask", "gateway", "utc_time", "answer", "fault",
    "status", "body", "location", "refresh", "content_type", "title", "auth_scheme", "tls_version", "tls_mode",
    "tls_cipher", "key_type", "key_bits", "signature_hash", "not_after", "not_before", "self_signed", "subject",
    "issuer", "dhcp",
    "interface_address", "interface_mac", "password_reset", "cloud_enabled", "realm", "sdp_version", "sdp_media",
    "https_port",
)  # fmt: skip
SAID = (
    "true", "false", "0", "149", "2714", "200", "401", "302", "https://192.0.2.7/", "<html>", "basic", "TLSv1",
    "legacy", "rsa", "1024", "sha1", "192.0.2.7", "255.255.255.0", "192.0.2.7/24", "2025-12-01T12:00:00Z", "Fault",
    "GetProfilesResponse", "GetDeviceInformationResponse", "GetSystemDateAndTimeResponse", "DeviceInfo",
)  # fmt: skip
REQUESTS = ("", "root", "describe channel 101", "DESCRIBE (200)", "device information", "media profiles", "captured")


def test_no_rule_falls_over_hostile_fields() -> None:
    """Fields that rules read, filled at random with what devices say and with what none does, 600 times."""
    random = Random(20261129)
    protocols = ("sadp", "dhdiscover", "onvif", "http", "rtsp", "tls", "isapi", "magicbox")
    answered = set()
    for _ in range(600):
        rows = [
            {
                "protocol": random.choice(protocols),
                "port": random.choice((80, 443, 554, 4443)),
                "request": random.choice(REQUESTS),
                "channel": random.choice(("tcp", "recorded", "imported")),
                "fields": {name: random.choice(NASTY + SAID * 3) or "x" for name in random.sample(FIELDS, 20)},
            }
            for _ in range(random.randrange(1, 6))
        ]
        kind = random.choice(("camera", "recorder"))
        device = device_of_example(
            {"replies": rows, "serial_by": [row["protocol"] for row in rows], "kind": kind}, WORDS, "x"
        )
        times = (None, -1e18, 1e18, 0.0, NOON)
        timed = [replace(o, reply=replace(o.reply, time=random.choice(times))) for o in device.observations]
        asked = random.choice((None, frozenset({80}), frozenset({80, 443, 8443})))
        around = Surroundings(asked_ports=asked, forwarded=random.choice((None, {})))
        for name, rule in RULES.items():
            found = rule(case_of(replace(device, observations=tuple(timed)), around))
            if isinstance(found, Exposed | Unsaid):
                assert found.evidence if isinstance(found, Exposed) else found.reason
            answered.add((name, type(found).__name__))
    assert {name for name, _ in answered} == set(RULES)
    assert len(answered) > 2 * len(RULES)  # most rules have given all three answers


def test_evidence_of_one_finding_is_bounded() -> None:
    pages = [
        tcp("http", port, "root", PAGE_OF_LOGIN.replace("login", f"login {port}"))
        for port in (80, 81, 82, 88, 5000, 8080)
    ]
    evidence = findings(sadp(), *pages)["clear-text-management"].evidence
    assert len(evidence) == SHOWN + 1
    assert evidence[-1] == "and 2 more"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('title = "Nobody has set a password yet"', "", "exposure never-activated: title is missing"),
        ('severity = "critical"', 'severity = "grave"', "exposure never-activated: severity is grave, none of info"),
        (
            'id = "never-activated"',
            'id = "never-active"',
            "exposure never-active: id: neither a rule, nor ports or protocols",
        ),
        ('id = "telnet-open"', 'id = "ftp-open"', "exposure ftp-open: id is there twice"),
        (
            'id = "telnet-open"',
            'id = "never-activated"',
            "exposure never-activated: id: ports and protocols beside a rule",
        ),
        ('id = "telnet-open"', 'id = "discontinued-by-maker"', "exposure discontinued-by-maker: id is there twice"),
        ('id = "telnet-open"', 'id = "Telnet open"', "exposure 'Telnet open': id is not in kebab-case"),
        ('protocols = ["telnet"]', 'protocols = ["telnett"]', "exposure telnet-open: unknown protocol telnett"),
        ('makers = ["dahua"]', 'makers = ["acme"]', "exposure dahua-sdk-port-open: unknown maker acme"),
        ("date = 2026-11-29", 'date = "yesterday"', "date is str"),
        ("ports = [23, 2323]", "ports = [23, 70000]", "exposure telnet-open: ports is no list of port numbers"),
        ("ports = [23, 2323]", "prots = [23]", "exposure telnet-open: unknown key prots"),
        ('source = "RFC 2577: security considerations of FTP"', 'source = " "', "exposure ftp-open: source is empty"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, old: str, new: str, reason: str) -> None:
    text = (default_directory() / FILE).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / FILE).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"exposures\.toml: ") as caught:
        load_exposures(tmp_path, WORDS)
    assert reason in str(caught.value)
    assert check_exposures(tmp_path, WORDS, TODAY).defects == (str(caught.value),)


def test_an_example_that_does_not_hold_is_a_defect(tmp_path: Path) -> None:
    text = (default_directory() / FILE).read_text(encoding="utf-8")
    swapped = text.replace(
        '{ state = "found", services = [{ port = 21, protocol = "ftp" }] }',
        '{ state = "none", services = [{ port = 21, protocol = "ftp" }] }',
    )
    (tmp_path / FILE).write_text(swapped, encoding="utf-8")
    (defect,) = check_exposures(tmp_path, WORDS, TODAY).defects
    assert defect.endswith("exposure ftp-open: example 1: none expected, found came out")


def test_a_date_that_has_not_come_is_a_defect(tmp_path: Path) -> None:
    text = (default_directory() / FILE).read_text(encoding="utf-8")
    (tmp_path / FILE).write_text(text.replace("date = 2026-11-29", "date = 2031-01-01", 1), encoding="utf-8")
    defects = check_exposures(tmp_path, WORDS, TODAY).defects
    assert defects[0].endswith("exposure never-activated: date is 2031-01-01, which is in the future")


def test_a_rule_of_ports_alone_needs_no_program(tmp_path: Path) -> None:
    shutil.copy(default_directory() / FILE, tmp_path / FILE)
    with (tmp_path / FILE).open("a", encoding="utf-8") as stream:
        stream.write(
            '[[exposure]]\nid = "gopher-open"\ntitle = "Gopher"\nseverity = "low"\nwhy = "It is old."\n'
            'remedy = "Close it."\nseen = "It is open."\nsource = "RFC 1436"\nports = [70]\n'
            'example = [{ state = "found", services = [{ port = 70, protocol = "tcp" }] },'
            ' { state = "none", asked_ports = [70] }]\n'
        )
    assert check_exposures(tmp_path, WORDS, TODAY).defects == ()
    device = device_of_example({"services": [{"port": 70, "protocol": "tcp"}]}, WORDS, "x")
    found = exposure_findings(device, load_exposures(tmp_path, WORDS), Surroundings())
    assert "gopher-open" in [one.id for one in found]


def test_all_of_it_is_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from camscan.intake.replay import as_line
    from tests.cli_rig import run

    recording = tmp_path / "replies.jsonl"
    recording.write_text(as_line(sadp(activated="false")) + "\n", encoding="utf-8")
    ended = run("replay", str(recording), "--format", "json")
    (row,) = [r for r in json.loads(ended.out)["devices"][0]["findings"] if r["id"] == "never-activated"]
    assert row == {
        "id": "never-activated",
        "state": "found",
        "severity": "critical",
        "confidence": 0.97,
        "evidence": ["its sadp reply from 192.0.2.7:37020 says that it was never activated"],
        "remedy": "Activate it with a password of its own, or take it off the network.",
        "source": row["source"],
        "date": "2026-11-29",
        "reason": None,
        "ignored": None,
    }
    assert run("replay", str(recording), "--fail-on", "critical").code == 1


def test_what_cannot_be_said_fails_nothing(tmp_path: Path) -> None:
    from camscan.intake.replay import as_line
    from tests.cli_rig import run

    recording = tmp_path / "replies.jsonl"
    recording.write_text(
        as_line(tcp("rtsp", 554, "DESCRIBE (200)", DESCRIBED, channel="recorded")) + "\n" + as_line(sadp()) + "\n"
    )
    ended = run("replay", str(recording), "--format", "json")
    rows = json.loads(ended.out)["devices"][0]["findings"]
    assert [row["state"] for row in rows if row["id"] == "rtsp-without-login"] == ["cannot-say"]
    assert run("replay", str(recording), "--fail-on", "high").code == 0


def unnamed() -> Device:
    return device_of_example(
        {"vendor": "unknown", "kind": "unknown", "services": [{"port": 23, "protocol": "telnet"}]}, WORDS, "x"
    )


def test_a_host_of_which_nothing_is_known_is_not_judged() -> None:
    assert exposure_findings(unnamed(), EXPOSURES, Surroundings()) == ()


@pytest.mark.parametrize(
    ("request_", "channel", "login"),
    [
        ("DESCRIBE (no credentials)", "recorded", False),
        ("DESCRIBE, no auth", "recorded", False),
        ("DESCRIBE not authenticated", "recorded", False),
        ("DESCRIBE w/o credentials", "recorded", False),
        ("DESCRIBE unauthenticated", "recorded", False),
        ("describe channel 101", "tcp", False),
        ("describe channel 101", "recorded", False),
        ("describe channel 101", "imported", None),
        ("DESCRIBE rtsp://192.0.2.7/anonymous/live, captured", "recorded", None),
        ("DESCRIBE rtsp://192.0.2.7/without-login, captured", "recorded", None),
        ("DESCRIBE rtsp://192.0.2.7/auth/live", "recorded", None),
        ("DESCRIBE without login refused, then with a password", "recorded", None),
        ("DESCRIBE with digest auth", "recorded", True),
        ("DESCRIBE (authenticated)", "recorded", True),
        ("DESCRIBE rtsp://x/user=admin&password=&channel=1", "recorded", None),
        ("DESCRIBE", "recorded", None),
    ],
)
def test_what_a_recording_tells_of_a_login(request_: str, channel: str, login: bool | None) -> None:
    row = {"protocol": "rtsp", "request": request_, "channel": channel, "fields": {"status": "200"}}
    (observation,) = device_of_example({"replies": [row]}, WORDS, "x").observations
    assert asked_with_login(observation) is login


@pytest.mark.parametrize(
    ("port", "channel", "encrypted", "told"),
    [
        (80, "tcp", False, True),
        (80, "recorded", False, True),
        (4443, "tcp", False, True),
        (4443, "imported", False, None),
        (443, "recorded", False, None),
        (443, "tcp", False, None),
        (4443, "tcp", True, False),
    ],
)
def test_what_is_known_to_be_clear_text(port: int, channel: str, encrypted: bool, told: bool | None) -> None:
    rows = [{"protocol": "http", "port": port, "channel": channel, "fields": {"status": "401"}}]
    rows += [{"protocol": "tls", "port": port, "fields": {"subject": "CN=x"}}] if encrypted else []
    case = case_of(device_of_example({"replies": rows}, WORDS, "x"), Surroundings())
    assert over_clear_text(case, next(case.said("http"))) is told


def test_the_last_word_of_a_device_counts() -> None:
    before, after = sadp(activated="false", time=NOON), sadp(activated="true", time=NOON + 60)
    assert "never-activated" not in states(before, after)
    assert "never-activated" not in states(after, before)
    assert states(after, sadp(activated="false", time=NOON + 120))["never-activated"] == "found"


def test_a_description_without_a_stream_is_none() -> None:
    page = "RTSP/1.0 200 OK\r\nContent-Type: text/html\r\nContent-Length: 17\r\n\r\na=1\r\ns=Not found\r\n"
    assert states(sadp(), tcp("rtsp", 554, "describe channel 101", page))["rtsp-without-login"] == "cannot-say"


def test_a_refusal_is_one_of_the_question_itself() -> None:
    fault = soap("<Fault><Code><Value>s:Sender</Value><Subcode><Value>ter:{}</Value></Subcode></Code></Fault>")
    date = tcp("onvif", 80, "system date and time", clock(12, 0))

    def state(reason: str, request_: str) -> str | None:
        refused = tcp("onvif", 80, request_, fault.format(reason))
        return states(sadp(), date, refused).get("onvif-settings-without-login")

    assert state("NotAuthorized", "media profiles") == "cannot-say"
    assert state("NotAuthorized", "scopes") == "cannot-say"
    assert "onvif-settings-without-login" not in states(
        date,
        sadp(),
        tcp("onvif", 80, "network interfaces", fault.format("NotAuthorized")),
        tcp("onvif", 80, "media profiles", fault.format("ActionNotSupported") + " "),
    )
    assert state("ActionNotSupported", "media profiles") == "cannot-say"


def test_a_year_of_five_digits_is_no_time() -> None:
    strange = clock(12, 0).replace("<Year>2025</Year>", "<Year>20250</Year>")
    finding = findings(sadp(), tcp("onvif", 80, "system date and time", strange))["clock-wrong"]
    assert finding.reason == "it was asked for the time by ONVIF, and told none"


def test_evidence_shows_the_serial_and_the_part_that_names_it() -> None:
    evidence = findings(sadp())["serial-disclosed"].evidence
    assert evidence == ("the reply by sadp from 192.0.2.7:37020 names DS-2CD2042WD-I20160101AAWR123456789",)


def test_a_serial_told_after_a_login_is_not_disclosed() -> None:
    told = tcp(
        "rpc2",
        80,
        "POST /RPC2 magicBox.getSerialNo (authenticated)",
        '{"id":3,"params":{"sn":"3A0001PAG00001"},"result":true}',
    )
    challenge = tcp("dvrip", 37777, "realm challenge", b"Realm:Login to 3A0001PAG00001\nRandom:1234\n")
    device = next(d for d in judged(told, challenge, ports=frozenset({80})).devices if d.vendor == "dahua")
    (finding,) = [f for f in device.findings if f.id == "serial-disclosed"]
    assert finding.evidence == ("the realm of the login by dvrip from 192.0.2.7:37777 names 3A0001PAG00001",)


@pytest.mark.parametrize(
    ("instead", "reason"),
    [
        ('services = [{ protocol = "telnet" }]', "port is missing"),
        ("forwarded = 5", "forwarded is no list of texts"),
        ("asked_ports = 5", "asked_ports is int"),
        ('asked_ports = ["x"]', "asked_ports is no port number"),
        ('vendor = "acme"', "unknown vendor acme"),
        ('capabilities = ["flying"]', "unknown capability flying"),
        ('replies = [{ protocol = "sadp", fields = { mac = 5 } }]', "mac is no list"),
        ('replies = [{ protocol = "sadp", fields = { mac = [] } }]', "mac is empty"),
        ('replies = [{ protocol = "sadp", fields = { makc = "x" } }]', "unknown field makc"),
        ('replies = [{ protocol = "sadp", channel = "smoke", fields = {} }]', "channel is smoke"),
        ('serial_by = ["sadp"]', "serial_by names a protocol"),
        ('replies = [{ protocol = "sadp", time = "x", fields = {} }]', "time is str"),
        ("serivces = []", "unknown key serivces"),
    ],
)
def test_a_mistake_in_an_example_is_named(tmp_path: Path, instead: str, reason: str) -> None:
    text = (default_directory() / FILE).read_text(encoding="utf-8")
    example = 'services = [{ port = 23, protocol = "telnet" }]'
    assert example in text
    (tmp_path / FILE).write_text(text.replace(example, instead, 1), encoding="utf-8")
    defects = check_exposures(tmp_path, WORDS, TODAY).defects
    assert any("exposure telnet-open: example 1" in defect and reason in defect for defect in defects), defects


def test_the_kinds_judged_are_words_of_the_vocabulary() -> None:
    assert set(KINDS) <= set(KNOWLEDGE.vocabulary.kinds)


def test_a_certificate_that_cannot_be_read_is_tls_all_the_same() -> None:
    record = encode_record("legacy", "TLSv1", "AES128-SHA", b"not DER")
    page = tcp("http", 443, "root", PAGE_OF_LOGIN)
    found = states(sadp(), page, tcp("tls", 443, "handshake legacy", record), ports=frozenset({80, 443, 8443}))
    assert found["tls-weak-protocol"] == "found"
    assert found["tls-weak-key"] == "cannot-say"
    assert not {"tls-missing", "clear-text-management"} & set(found)


def test_in_a_scan_an_open_port_that_said_nothing_is_no_all_clear() -> None:
    mute = [tcp("tcp", port, "connect", b"") for port in (443, 554, 80)]
    found = states(sadp(), *mute, ports=frozenset({80, 443, 554, 8443}))
    assert {found[name] for name in ("tls-weak-key", "rtsp-without-login", "clear-text-management")} == {"cannot-say"}
    quiet = states(sadp(), ports=frozenset({80, 443, 554, 8443}))
    assert not {"tls-weak-key", "rtsp-without-login", "clear-text-management"} & set(quiet)


def test_a_gateway_that_stopped_telling_gives_no_all_clear() -> None:
    told = surroundings_of([mapping(internal_client="192.0.2.99")], None)
    device = device_of_example({"address": HIKVISION}, WORDS, "x")
    (finding,) = [one for one in exposure_findings(device, EXPOSURES, told) if one.id == "port-forwarded"]
    assert finding.reason == "a gateway in the scope did not tell to the end what it forwards"
