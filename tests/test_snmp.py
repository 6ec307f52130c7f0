"""SNMP listings: three ways of printing them, and that a number without its tree proves nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camscan.errors import DecodeError
from camscan.protocols.snmp import PROTOCOL, decode


@pytest.mark.parametrize(
    "line",
    [
        "1.3.6.1.4.1.1004849.2.1.2.6.0|4|DHI-NVR5216-4KS2",
        '.1.3.6.1.4.1.1004849.2.1.2.6.0 = STRING: "DHI-NVR5216-4KS2"',
        'iso.3.6.1.4.1.1004849.2.1.2.6.0 = STRING: "DHI-NVR5216-4KS2"',
        'SNMPv2-SMI::enterprises.1004849.2.1.2.6.0 = STRING: "DHI-NVR5216-4KS2"',
        "DAHUA-SNMP-MIB::deviceType.0 = STRING: DHI-NVR5216-4KS2",
    ],
)
def test_the_same_value_is_read_however_it_is_printed(line: str) -> None:
    fields = decode(line.encode())
    assert fields["model"] == ("DHI-NVR5216-4KS2",)
    assert fields["enterprise"] == ("1004849",)


@pytest.mark.parametrize(
    ("value", "firmware", "build"),
    [
        ("V5.10.0 build 260519", "V5.10.0", "build 260519"),
        ("2.800.0000000.13.R", "2.800.0000000.13.R", None),
        ("4.001.0000005.1.R, Build Date: 2021-06-16", "4.001.0000005.1.R", "2021-06-16"),
    ],
)
def test_firmware_and_build_are_taken_apart(value: str, firmware: str, build: str | None) -> None:
    fields = decode(f"1.3.6.1.4.1.39165.1.3.0|4|{value}".encode())
    assert fields["firmware"] == (firmware,)
    assert fields.get("build", (None,)) == (build,)


def test_the_system_version_gives_its_date_and_no_second_firmware() -> None:
    fields = decode(b"DAHUA-SNMP-MIB::systemVersion.0 = STRING: 2.520.0000.18, Build Date:2017-06-29")
    assert fields["build"] == ("2017-06-29",)
    assert "firmware" not in fields


def test_a_listing_without_its_tree_is_a_camera_where_line_three_is_a_firmware() -> None:
    fields = decode(b'1: "DS-2DF8225IX-AEL"\n3: "V5.7.3 build 210616"\n6: "Hikvision"')
    assert fields["model"] == ("DS-2DF8225IX-AEL",)
    assert fields["manufacturer"] == ("Hikvision",)
    assert "enterprise" not in fields


def test_a_listing_without_its_tree_is_else_a_recorder_and_names_no_enterprise() -> None:
    fields = decode(b'2: 8000\n3: "1620190311CCRRD12345678WCVU"')
    assert fields == {"sdk_port": ("8000",), "serial": ("1620190311CCRRD12345678WCVU",)}


@pytest.mark.parametrize("value", ["c056e3a10b7d", "C0 56 E3 A1 0B 7D", "c0-56-e3-a1-0b-7d", "c0:56:e3:a1:0b:7d"])
def test_a_mac_has_one_form(value: str) -> None:
    assert decode(f"1.3.6.1.4.1.39165.1.4.0|4|{value}".encode())["mac"] == ("c0:56:e3:a1:0b:7d",)


@pytest.mark.parametrize("data", [b"", b"Timeout: No Response from 192.0.2.1", b"\xff\x00\x12", b"a=b"])
def test_what_is_no_listing_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(data)


def test_a_scan_asks_nothing() -> None:
    assert PROTOCOL.requests == ()
    assert PROTOCOL.dialogue is None


@given(st.text(alphabet='0123456789.|=: \n"iso::enterprisesVR-', max_size=300))
def test_hostile_text_raises_nothing_else(text: str) -> None:
    try:
        fields = decode(text.encode())
    except DecodeError:
        return
    assert all(values and all(values) for values in fields.values())
