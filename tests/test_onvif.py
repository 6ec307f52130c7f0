"""ONVIF: device information, scopes, date and faults, and that only three harmless questions can be asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camscan.errors import DecodeError
from camscan.probe import Endpoint
from camscan.protocols.gather import gather
from camscan.protocols.onvif import DATE, DEVICE_INFORMATION, PROTOCOL, SCOPES, decode, dialogue, utc_seconds
from camscan.protocols.onvif_scope import read_scopes
from camscan.protocols.version import VERSION_LIMIT, split_version

HERE = Endpoint(address="192.0.2.7", port=80)


def soap(body: str) -> bytes:
    return (
        '<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:tt="http://www.onvif.org/ver10/schema">'
        f"<s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def test_three_questions_that_read() -> None:
    assert [r for r in PROTOCOL.requests if r.purpose == "question"] == [DATE, SCOPES, DEVICE_INFORMATION]
    for request in (DATE, SCOPES, DEVICE_INFORMATION):
        head, _, body = request.render("192.0.2.7").partition(b"\r\n\r\n")
        assert head.startswith(b"POST /onvif/device_service HTTP/1.1\r\n")
        assert f"Content-Length: {len(body)}".encode() in head
        assert not any(
            word in body for word in (b"Set", b"Users", b"Uri", b"Subscri", b"Security", b"Create", b"Reboot")
        )


def test_whoever_does_not_speak_soap_is_asked_once() -> None:
    for reply in (None, b"HTTP/1.1 404 Not Found\r\n\r\n<html>"):
        turns = dialogue(HERE)
        assert next(turns) is DATE
        with pytest.raises(StopIteration):
            turns.send(reply)


def test_whoever_speaks_soap_is_asked_the_rest() -> None:
    turns = dialogue(HERE)
    next(turns)
    assert turns.send(b"HTTP/1.1 400 x\r\n\r\n<SOAP-ENV:Envelope>") is SCOPES
    assert turns.send(None) is DEVICE_INFORMATION


def test_device_information() -> None:
    fields = decode(
        soap(
            "<tds:GetDeviceInformationResponse><tds:Manufacturer>Dahua</tds:Manufacturer><tds:Model>IPC-X</tds:Model>"
            "<tds:FirmwareVersion>2.800.0000000.34.R, Build Date 2021-07-08</tds:FirmwareVersion>"
            "<tds:SerialNumber>4K01</tds:SerialNumber><tds:HardwareId>1.00</tds:HardwareId></tds:GetDeviceInformationResponse>"
        )
    )
    assert (fields["manufacturer"], fields["model"], fields["serial"]) == (("Dahua",), ("IPC-X",), ("4K01",))
    assert (fields["firmware"], fields["build"]) == (("2.800.0000000.34.R",), ("2021-07-08",))
    assert fields["hardware_id"] == ("1.00",)


def test_an_answer_cut_short_and_undeclared_prefixes() -> None:
    fields = decode(b"<s:Envelope><s:Body><tds:GetDeviceInformationResponse><tds:Manufacturer>IPCAM</tds:Manuf")
    assert fields["manufacturer"] == ("IPCAM",)


def date_and_time(year: str, name: str = "UTCDateTime") -> str:
    time = "<tt:Time><tt:Hour>7</tt:Hour><tt:Minute>5</tt:Minute><tt:Second>9</tt:Second></tt:Time>"
    date = f"<tt:Date><tt:Year>{year}</tt:Year><tt:Month>3</tt:Month><tt:Day>14</tt:Day></tt:Date>"
    return f"<tt:{name}>{time}{date}</tt:{name}>"


def date_reply(*clocks: str) -> bytes:
    return soap(f"<tds:GetSystemDateAndTimeResponse>{''.join(clocks)}</tds:GetSystemDateAndTimeResponse>")


def test_date_is_the_utc_one() -> None:
    fields = decode(date_reply(date_and_time("2025", "LocalDateTime"), date_and_time("2024")))
    assert fields["utc_time"] == ("2024-03-14T07:05:09Z",)
    assert utc_seconds(fields) == 1710399909.0


@pytest.mark.parametrize("year", ["", "soon", "²", "24"])
def test_a_date_that_is_none_has_no_seconds(year: str) -> None:
    assert utc_seconds(decode(date_reply(date_and_time(year)))) is None


def test_faults() -> None:
    fields = decode(
        soap(
            "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>ter:NotAuthorized</s:Value></s:Subcode></s:Code>"
            "<s:Reason><s:Text>Sender not Authorized</s:Text></s:Reason></s:Fault>"
        )
    )
    assert fields == {"answer": ("Fault",), "fault": ("s:Sender", "ter:NotAuthorized", "Sender not Authorized")}


def test_scopes() -> None:
    scopes = [
        "onvif://www.onvif.org/name/HIKVISION%20DS-2CD1",
        "onvif://www.onvif.org/Hardware/DS-2CD1",
        "ONVIF://www.onvif.org/location/country/china",
        "onvif://www.onvif.org/MAC/44:19:b6:00:00:01",
        "onvif://www.onvif.org/type/ptz",
        "onvif://www.onvif.org/type",
        "http:123",
        "onvif://www.onvif.org/name/",
        "",
    ]
    assert gather(read_scopes(scopes)) == {
        "scope_name": ("HIKVISION DS-2CD1",),
        "scope_hardware": ("DS-2CD1",),
        "scope_location": ("country/china",),
        "scope_mac": ("44:19:b6:00:00:01",),
        "scope_other": ("type/ptz", "type/", "http:123"),
    }


@pytest.mark.parametrize(
    ("text", "firmware", "build"),
    [
        ("V5.5.31 build 180903", "V5.5.31", "build 180903"),
        ("V5.5.6build 180326", "V5.5.6", "build 180326"),
        ("V5.0, build 140714", "V5.0", "build 140714"),
        ("2.420.Dahua 00.14.R, build: 2016-06-18", "2.420.Dahua 00.14.R", "2016-06-18"),
        ("V2.620.00AC000.3.R, Build Date: 2019-08-03", "V2.620.00AC000.3.R", "2019-08-03"),
        ("V3.3.2.1 build 2024-12-26 16:26:58 \\n", "V3.3.2.1", "2024-12-26"),
        ("V5.5.800_210628", "V5.5.800", "build 210628"),
        ("V1.2.3_201010build 201010", "V1.2.3", "build 201010"),
        ("V3.2.8_build200514", "V3.2.8", "build 200514"),
        ("V5.7.3_R0101", "V5.7.3_R0101", ""),
        ("v3.1.0.2368_23062505", "v3.1.0.2368_23062505", ""),
        ("2.631.0000000.16.T,build:2021", "2.631.0000000.16.T", ""),
        ("8.71.0066", "8.71.0066", ""),
        ("rebuilt", "rebuilt", ""),
        ("", "", ""),
    ],
)
def test_versions(text: str, firmware: str, build: str) -> None:
    assert split_version(text) == (firmware, build)


def test_an_endless_version_ends() -> None:
    assert len(split_version("1" * 10**6)[0]) == VERSION_LIMIT


@pytest.mark.parametrize(
    "data",
    [b"", b"<html/>", soap("<tds:GetUsersResponse/>"), b"<!DOCTYPE a><s:Envelope><s:Fault/></s:Envelope>"],
)
def test_what_is_no_answer_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(data)


@given(
    data=st.binary(max_size=300),
    head=st.sampled_from(
        [
            b"",
            b"<a:Fault><a:Text>",
            b"<GetScopesResponse><ScopeItem>",
            b"<GetDeviceInformationResponse><FirmwareVersion>",
        ]
    ),
)
def test_any_bytes_decode_or_are_refused(data: bytes, head: bytes) -> None:
    try:
        fields = decode(head + data)
    except DecodeError:
        return
    assert fields["answer"]
