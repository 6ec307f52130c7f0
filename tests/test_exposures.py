"""Exposure rules: what is found, what is not there and what cannot be said, from the bytes of a reply to the report."""

import itertools
import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from camscan.assess.exposure.case import SHOWN, Exposed, Surroundings, case_of
from camscan.assess.exposure.exposure_file import FILE, load_exposures
from camscan.assess.exposure.exposures import Exposure, exposure_findings
from camscan.assess.exposure.rules import RULES
from camscan.assess.exposure.selftest import check_exposures, device_of_example, failing
from camscan.assess.exposure.surroundings import surroundings_of
from camscan.datafile import default_directory
from camscan.errors import KnowledgeError
from camscan.identify.knowledge_base import load_knowledge
from camscan.judge import concluded, noted
from camscan.model import Device, Finding, Middlebox, Observation, Reply, ScanResult
from camscan.protocols import rtsp
from camscan.protocols.tls import encode_record
from tests.assess_rig import shipped
from tests.exposure_page import PAGE, page

EXPOSURES = load_exposures(default_directory())
KNOWLEDGE = load_knowledge()
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
    assert list(failing(exposure)) == []


def test_every_rule_has_words_and_a_paragraph() -> None:
    assert set(RULES) <= {one.id for one in EXPOSURES}
    assert page() == PAGE.read_text(encoding="utf-8")
    assert all(f"\n### {one.id}\n" in page() for one in EXPOSURES)


def test_a_finding_is_whole() -> None:
    finding = findings(sadp(activated="false"))["never-activated"]
    assert (finding.state, finding.severity, finding.reason) == ("found", "critical", None)
    assert finding.evidence == ("its sadp reply says that it was never activated",)
    assert finding.confidence == 0.97
    assert finding.remedy and finding.source and finding.date == "2026-11-29"


def test_what_a_discovery_reply_lays_open() -> None:
    found = states(sadp(activated="false", gateway="198.51.100.1", address="192.168.1.64"))
    assert {name for name, state in found.items() if state == "found"} >= {
        "never-activated", "password-recovery-announced", "serial-disclosed", "discovery-answered",
        "wrong-subnet", "factory-address",
    }  # fmt: skip
    assert "clear-text-management" not in found


def test_a_well_kept_device_has_none_of_it() -> None:
    found = states(sadp(), ports=frozenset({80, 443}))
    assert not {"never-activated", "wrong-subnet", "factory-address", "tls-missing", "clock-wrong"} & set(found)


@pytest.mark.parametrize(
    ("routed", "channel", "state"),
    [(True, "unicast", "found"), (False, "unicast", None), (None, "multicast", None), (None, "recorded", "cannot-say")],
)
def test_discovery_across_a_router(routed: bool | None, channel: str, state: str | None) -> None:
    assert states(sadp(routed=routed, channel=channel)).get("discovery-across-router") == state


DESCRIBED = (
    "RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Type: application/sdp\r\nContent-Length: 62\r\n\r\n"
    "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=Media Presentation\r\nt=0 0\r\n"
)


@pytest.mark.parametrize(
    "request_", [rtsp.DESCRIBE_HIKVISION.name, rtsp.DESCRIBE_DAHUA.name, "DESCRIBE unauthenticated"]
)
def test_a_stream_described_without_a_login_is_found(request_: str) -> None:
    finding = findings(sadp(), tcp("rtsp", 554, request_, DESCRIBED))["rtsp-without-login"]
    assert finding.evidence == ("192.0.2.7:554 answers DESCRIBE of a stream without a login",)


@pytest.mark.parametrize(
    ("request_", "state"),
    [("DESCRIBE with digest auth", None), ("DESCRIBE (authenticated)", None), ("DESCRIBE (200)", "cannot-say")],
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
    [(12, 4, None), (11, 56, None), (13, 0, "60 minutes ahead"), (2, 30, "570 minutes behind")],
)
def test_the_clock_is_held_against_the_time_of_the_reply(hour: int, minute: int, said: str | None) -> None:
    found = findings(sadp(), tcp("onvif", 80, "system date and time", clock(hour, minute)))
    evidence = found["clock-wrong"].evidence if "clock-wrong" in found else None
    assert evidence == (None if said is None else (f"192.0.2.7:80: its clock is {said}",))


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
    camera = device_of_example({**telnet, "vendor": "axis", "kind": "camera"}, "x")
    printer = device_of_example({**telnet, "vendor": "hp", "kind": "printer"}, "x")
    around = Surroundings()
    assert [finding.id for finding in exposure_findings(camera, EXPOSURES, around)] == ["port-forwarded", "telnet-open"]
    assert exposure_findings(printer, EXPOSURES, around) == ()


def test_a_middlebox_is_not_judged() -> None:
    from camscan.assess.assess import assess

    box = Middlebox(addresses=9, networks=("192.0.2.0/24",), reason="")
    device = device_of_example({"services": [{"port": 23, "protocol": "telnet"}]}, "x")
    assert assess(replace(device, middlebox=box), shipped()).findings == ()


def mapping(**fields: str) -> Observation:
    told = {"external_port": "8080", "internal_port": "80", "internal_client": HIKVISION, "mapping_protocol": "TCP"}
    reply = tcp("upnp", 5000, "mapping", b"", address="192.0.2.1")
    read = {name: (text,) for name, text in (told | fields).items()}
    return Observation(id="m", reply=reply, fields=read, channels=("tcp",))


def test_what_a_gateway_forwards_is_said_of_the_device_behind_it() -> None:
    around = surroundings_of([mapping(), mapping(internal_client="192.0.2.99")], None)
    device = device_of_example({"address": HIKVISION}, "x")
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
    device = device_of_example({"address": HIKVISION}, "x")
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


def test_no_rule_falls_over_hostile_fields() -> None:
    """Every field that any rule reads, filled with what no honest device says."""
    names = {"activated", "init_mask", "open_functions_mask", "address", "netmask", "gateway", "utc_time", "answer",
             "status", "body", "auth_scheme", "tls_version", "tls_mode", "key_type", "key_bits", "signature_hash",
             "not_after", "not_before", "self_signed", "subject", "issuer", "interface_address", "password_reset",
             "cloud_enabled", "realm", "sdp_session"}  # fmt: skip
    protocols = ("sadp", "dhdiscover", "onvif", "http", "rtsp", "tls", "isapi", "magicbox")
    for text, time in itertools.product(NASTY, (None, -1e18, 1e18, 0.0)):
        rows = [{"protocol": p, "port": 80, "fields": dict.fromkeys(names, text)} for p in protocols]
        device = device_of_example({"replies": rows, "serial_by": list(protocols)}, "x")
        timed = [replace(o, reply=replace(o.reply, time=time)) for o in device.observations]
        for rule in RULES.values():
            answer = rule(case_of(replace(device, observations=tuple(timed)), Surroundings()))
            assert answer is None or (answer.evidence if isinstance(answer, Exposed) else answer.reason)


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
            "no exposure never-activated, which a rule of the program finds",
        ),
        ('id = "telnet-open"', 'id = "never-activated"', "exposure never-activated is there twice"),
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
        load_exposures(tmp_path)
    assert reason in str(caught.value)
    assert check_exposures(tmp_path, TODAY).defects == (str(caught.value),)


def test_an_example_that_does_not_hold_is_a_defect(tmp_path: Path) -> None:
    text = (default_directory() / FILE).read_text(encoding="utf-8")
    swapped = text.replace(
        '{ state = "found", services = [{ port = 21, protocol = "ftp" }] }',
        '{ state = "none", services = [{ port = 21, protocol = "ftp" }] }',
    )
    (tmp_path / FILE).write_text(swapped, encoding="utf-8")
    (defect,) = check_exposures(tmp_path, TODAY).defects
    assert defect.endswith("exposure ftp-open: example 1: none expected, found came out")


def test_a_date_that_has_not_come_is_a_defect(tmp_path: Path) -> None:
    text = (default_directory() / FILE).read_text(encoding="utf-8")
    (tmp_path / FILE).write_text(text.replace("date = 2026-11-29", "date = 2031-01-01", 1), encoding="utf-8")
    defects = check_exposures(tmp_path, TODAY).defects
    assert defects[0].endswith("exposure never-activated: date is 2031-01-01, which is in the future")


def test_a_rule_of_ports_alone_needs_no_program(tmp_path: Path) -> None:
    shutil.copy(default_directory() / FILE, tmp_path / FILE)
    with (tmp_path / FILE).open("a", encoding="utf-8") as stream:
        stream.write(
            '[[exposure]]\nid = "gopher-open"\ntitle = "Gopher"\nseverity = "low"\nwhy = "It is old."\n'
            'remedy = "Close it."\nsource = "RFC 1436"\nports = [70]\n'
            'example = [{ state = "found", services = [{ port = 70, protocol = "tcp" }] }, { state = "none" }]\n'
        )
    assert check_exposures(tmp_path, TODAY).defects == ()
    device = device_of_example({"services": [{"port": 70, "protocol": "tcp"}]}, "x")
    found = exposure_findings(device, load_exposures(tmp_path), Surroundings())
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
        "evidence": ["its sadp reply says that it was never activated"],
        "remedy": "Activate it with a password of its own, or take it off the network.",
        "source": row["source"],
        "date": "2026-11-29",
        "reason": None,
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
    return device_of_example({"vendor": None, "kind": None, "services": [{"port": 23, "protocol": "telnet"}]}, "x")


def test_a_host_of_which_nothing_is_known_is_not_judged() -> None:
    assert exposure_findings(unnamed(), EXPOSURES, Surroundings()) == ()
