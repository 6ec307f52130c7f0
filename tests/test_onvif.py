"""ONVIF: device information, scopes, date, interfaces, profiles and faults, and that only harmless questions can be
asked, no more of them than a device has earned."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camscan.errors import DecodeError
from camscan.probe import Endpoint, Request
from camscan.protocols.gather import gather
from camscan.protocols.onvif import (
    DATE,
    DEVICE_INFORMATION,
    NETWORK_INTERFACES,
    PROFILES,
    PROFILES_ELSEWHERE,
    PROTOCOL,
    SCOPES,
    decode,
    dialogue,
    utc_seconds,
)
from camscan.protocols.onvif_scope import read_scopes
from camscan.protocols.version import VERSION_LIMIT, split_version

HERE = Endpoint(address="192.0.2.7", port=80)


def soap(body: str) -> bytes:
    return (
        '<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:tt="http://www.onvif.org/ver10/schema">'
        f"<s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def test_six_questions_that_read() -> None:
    questions = [DATE, SCOPES, DEVICE_INFORMATION, NETWORK_INTERFACES, PROFILES, PROFILES_ELSEWHERE]
    assert [r for r in PROTOCOL.requests if r.purpose == "question"] == questions
    paths = ["/onvif/device_service"] * 4 + ["/onvif/media_service", "/onvif/Media"]
    for request, path in zip(questions, paths, strict=True):
        head, _, body = request.render("192.0.2.7").partition(b"\r\n\r\n")
        assert head.startswith(f"POST {path} HTTP/1.1\r\n".encode())
        assert f"Content-Length: {len(body)}".encode() in head
        assert b"Connection:" not in head
        assert not any(
            word in body for word in (b"Set", b"Users", b"Uri", b"Subscri", b"Security", b"Create", b"Reboot")
        )
    assert [r.reuse for r in questions] == [False, True, True, True, True, True]


SOAP = b"HTTP/1.1 200 OK\r\n\r\n<SOAP-ENV:Envelope>"
FAULT = b"HTTP/1.1 400 x\r\n\r\n<SOAP-ENV:Envelope><Fault>"
LOGIN = b"HTTP/1.1 401 Unauthorized\r\n\r\n<html>"
MISSING = b"HTTP/1.1 404 Not Found\r\n\r\n<html>"


@pytest.mark.parametrize(
    ("replies", "asked"),
    [
        ([None], [DATE]),
        ([MISSING], [DATE]),
        ([LOGIN], [DATE]),
        ([SOAP] * 5, [DATE, SCOPES, DEVICE_INFORMATION, NETWORK_INTERFACES, PROFILES]),
        ([SOAP, *[FAULT] * 4], [DATE, SCOPES, DEVICE_INFORMATION, NETWORK_INTERFACES, PROFILES]),
        ([SOAP, LOGIN, LOGIN, LOGIN], [DATE, SCOPES, DEVICE_INFORMATION, PROFILES]),
        ([SOAP, None, None], [DATE, SCOPES, DEVICE_INFORMATION]),
        ([SOAP, SOAP, SOAP, None, None], [DATE, SCOPES, DEVICE_INFORMATION, NETWORK_INTERFACES, PROFILES]),
        (
            [SOAP, FAULT, FAULT, FAULT, MISSING, SOAP],
            [DATE, SCOPES, DEVICE_INFORMATION, NETWORK_INTERFACES, PROFILES, PROFILES_ELSEWHERE],
        ),
    ],
)
def test_a_device_is_asked_as_long_as_it_answers_in_soap(replies: list[bytes | None], asked: list[Request]) -> None:
    turns = dialogue(HERE)
    heard = [next(turns)]
    for reply in replies[:-1]:
        heard.append(turns.send(reply))
    assert heard == asked
    with pytest.raises(StopIteration):
        turns.send(replies[-1])


def interface(
    name: str, mac: str, *addresses: tuple[str, str], enabled: str = "true", kind: str = "Manual", ip: str = "IPv4"
) -> str:
    told = "".join(
        f"<tt:{kind}><tt:Address>{address}</tt:Address><tt:PrefixLength>{length}</tt:PrefixLength></tt:{kind}>"
        for address, length in addresses
    )
    return (
        f'<tds:NetworkInterfaces token="{name}"><tt:Enabled>{enabled}</tt:Enabled><tt:Info><tt:Name>{name}</tt:Name>'
        f"<tt:HwAddress>{mac}</tt:HwAddress><tt:MTU>1500</tt:MTU></tt:Info><tt:{ip}><tt:Enabled>true</tt:Enabled>"
        f"<tt:Config>{told}<tt:DHCP>false</tt:DHCP></tt:Config></tt:{ip}></tds:NetworkInterfaces>"
    )


def interfaces(*some: str) -> bytes:
    return soap(f"<tds:GetNetworkInterfacesResponse>{''.join(some)}</tds:GetNetworkInterfacesResponse>")


def test_one_interface_tells_the_mac_of_the_device() -> None:
    fields = decode(interfaces(interface("eth0", "C0:56:E3:2B:81:04", ("192.168.1.64", "24"), ("192.168.8.1", "16"))))
    assert fields == {
        "answer": ("GetNetworkInterfacesResponse",),
        "interface_name": ("eth0",),
        "interface_mac": ("c0:56:e3:2b:81:04",),
        "interface_address": ("192.168.1.64/24", "192.168.8.1/16"),
        "mac": ("c0:56:e3:2b:81:04",),
    }


def test_two_interfaces_tell_no_mac_of_the_device_and_a_disabled_one_is_none() -> None:
    wired = interface("eth0", "c0-56-e3-2b-81-04", ("10.0.0.7", "8"), kind="FromDHCP")
    wireless = interface("wlan0", "c0:56:e3:2b:81:05", ("fe80::1", "64"), ip="IPv6", kind="LinkLocal")
    fields = decode(interfaces(wired, wireless))
    assert fields["interface_mac"] == ("c0:56:e3:2b:81:04", "c0:56:e3:2b:81:05")
    assert fields["interface_address"] == ("10.0.0.7/8", "fe80::1/64")
    assert "mac" not in fields
    alone = decode(interfaces(wired, interface("ra0", "c0:56:e3:2b:81:05", ("10.0.0.8", "8"), enabled="false")))
    assert (alone["interface_name"], alone["mac"]) == (("eth0",), ("c0:56:e3:2b:81:04",))


@pytest.mark.parametrize(
    "address",
    [
        ("0.0.0.0", "0"),
        ("", ""),
        ("here", "24"),
        ("10.0.0.1", "33"),
        ("10.0.0.1", "x"),
        ("10.0.0.1", "²"),
        ("224.0.0.1", "4"),
    ],
)
def test_an_address_that_is_none_is_left_out(address: tuple[str, str]) -> None:
    fields = decode(interfaces(interface("eth0", "none", address)))
    assert fields == {"answer": ("GetNetworkInterfacesResponse",), "interface_name": ("eth0",)}


def test_profiles_are_told_by_their_names() -> None:
    fields = decode(
        soap(
            '<trt:GetProfilesResponse xmlns:trt="http://www.onvif.org/ver10/media/wsdl">'
            '<trt:Profiles token="1"><tt:Name>mainStream</tt:Name><tt:VideoSourceConfiguration><tt:Name>v</tt:Name>'
            '</tt:VideoSourceConfiguration></trt:Profiles><trt:Profiles token="2"><tt:Name>subStream</tt:Name>'
            "</trt:Profiles></trt:GetProfilesResponse>"
        )
    )
    assert fields == {"answer": ("GetProfilesResponse",), "profile": ("mainStream", "subStream")}


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
            b"<GetNetworkInterfacesResponse><NetworkInterfaces><Enabled>1</Enabled><Info><HwAddress>",
            b"<GetProfilesResponse><Profiles><Name>",
        ]
    ),
)
def test_any_bytes_decode_or_are_refused(data: bytes, head: bytes) -> None:
    try:
        fields = decode(head + data)
    except DecodeError:
        return
    assert fields["answer"]
