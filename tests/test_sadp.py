"""SADP: every layout of a reply, the repairs, and what must not be read as SADP."""

from typing import Any

import pytest

from camscan.errors import DecodeError
from camscan.protocols.sadp import INQUIRY, PROTOCOL, decode
from tests.capture_rig import capture, captures, data_of


def test_the_only_question_is_an_inquiry() -> None:
    assert PROTOCOL.requests == (INQUIRY,)
    sent = INQUIRY.render("192.0.2.1", "AB-1")
    assert sent.endswith(b"<Probe><Uuid>AB-1</Uuid><Types>inquiry</Types></Probe>")


@pytest.mark.parametrize(
    ("version", "firmware", "build"),
    [
        ("V5.5.6build 180326", "V5.5.6", "build 180326"),
        ("V5.5.31 build 180903", "V5.5.31", "build 180903"),
        ("V5.0, build 140714", "V5.0", "build 140714"),
        ("V5.03.020build 240904", "V5.03.020", "build 240904"),
        ("V4.0.9", "V4.0.9", None),
    ],
)
def test_a_software_version_is_firmware_and_build(version: str, firmware: str, build: str | None) -> None:
    fields = decode(f"<ProbeMatch><SoftwareVersion>{version}</SoftwareVersion></ProbeMatch>".encode())
    assert fields["firmware"] == (firmware,)
    assert fields.get("build") == ((build,) if build else None)


@pytest.mark.parametrize(
    "damaged",
    [
        b"\0\0<ProbeMatch><DeviceSN>DS-A1</DeviceSN><MAC>c0-56-e3-00-11-22</MAC></ProbeMatch>\0\0",
        b"<ProbeMatch><Name>Hall & yard</Name><DeviceSN>DS-A1</DeviceSN><MAC>c0-56-e3-00-11-22</MAC></ProbeMatch>",
        b"<ProbeMatch><Name>\xce\xd2\xff</Name><DeviceSN>DS-A1</DeviceSN><MAC>c0-56-e3-00-11-22</MAC></ProbeMatch>",
        b"<ProbeMatch><DeviceSN>DS-A1</DeviceSN><MAC>c0-56-e3-00-11-22</MAC>",
        b"<ProbeMatch><Name>x</Nam><DeviceSN>DS-A1</DeviceSN><MAC>c0-56-e3-00-11-22</MAC></ProbeMatch>",
    ],
)
def test_slightly_malformed_markup_is_repaired(damaged: bytes) -> None:
    fields = decode(damaged)
    assert fields["serial"] == ("DS-A1",)
    assert fields["mac"] == ("c0-56-e3-00-11-22",)


def test_oem_fields_are_kept_as_they_are() -> None:
    fields = decode(b"<ProbeMatch><OEMInfo>OEM-7</OEMInfo><DetailOEMCode>4711</DetailOEMCode></ProbeMatch>")
    assert (fields["oem_info"], fields["oem_code"]) == (("OEM-7",), ("4711",))


@pytest.mark.parametrize(
    "other",
    [
        b"",
        b"no markup",
        b"<Probe><Uuid>1</Uuid><Types>inquiry</Types></Probe>",
        b"<ProbeMatch><Types>dn:NetworkVideoTransmitter</Types><XAddrs>http://192.0.2.1/</XAddrs></ProbeMatch>",
        b"<ProbeMatch><Uuid>1</Uuid><Types>activate</Types><Result>success</Result></ProbeMatch>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><ProbeMatch><MAC>&b;</MAC></ProbeMatch>',
    ],
)
def test_what_is_no_reply_is_refused(other: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(other)


def test_the_same_device_asked_twice_says_the_same_thing() -> None:
    first = capture("sadp", "hikvision_DS-2CD2143G2-I_V5.7.3")
    second = first.replace(b"5D0C1A77-21B4", b"00000000-FFFF").replace(b"04:00:13", b"04:00:14")
    assert first != second
    assert _masked(first) == _masked(second)


def _masked(data: bytes) -> bytes:
    for pattern in PROTOCOL.volatile:
        data = pattern.sub(b"", data)
    return data


@pytest.mark.parametrize("document", captures("sadp"))
def test_a_cut_datagram_never_breaks_the_decoder(document: dict[str, Any]) -> None:
    data = data_of(document)
    whole = decode(data)
    for end in range(len(data)):
        try:
            part = decode(data[:end])
        except DecodeError:
            continue
        assert set(part) <= set(whole)
