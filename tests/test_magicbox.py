"""magicBox.cgi: key=value lines in every variant seen, and nothing of what only looks like them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camscan.errors import DecodeError
from camscan.probe import Endpoint
from camscan.protocols.magicbox import DEVICE_TYPE, LINES_LIMIT, PROTOCOL, decode, dialogue


def test_one_question_without_credentials() -> None:
    asked = list(dialogue(Endpoint(address="192.0.2.7", port=80)))
    assert asked == [DEVICE_TYPE] == list(PROTOCOL.requests)
    sent = DEVICE_TYPE.render("192.0.2.7")
    assert sent.startswith(b"GET /cgi-bin/magicBox.cgi?action=getDeviceType HTTP/1.1\r\n")
    assert b"authorization" not in sent.lower()


def test_system_info() -> None:
    fields = decode(
        b"appAutoStart=true\r\ndeviceType=IP4M-1041B\r\nprocessor=SSC327DE\r\nserialNumber=AMC0123456789\r\n"
        b"updateSerial=IPC-AW46WN-S2\r\nupdateSerialCloudUpgrade=IPC-AW46WN-S2:07:01:08:70:52:00:09"
    )
    assert (fields["model"], fields["maker_model"]) == (("IP4M-1041B",), ("IPC-AW46WN-S2",))
    assert (fields["serial"], fields["processor"]) == (("AMC0123456789",), ("SSC327DE",))
    assert "mac" not in fields


@pytest.mark.parametrize("value", ["31", "IP Camera", "NVR", "hcvr"])
def test_a_number_or_a_class_is_no_model(value: str) -> None:
    fields = decode(f"type={value}\r\n".encode())
    assert fields == {"device_type": (value,)}


@pytest.mark.parametrize(
    ("data", "firmware", "build"),
    [
        (b"version=2.800.0000016.0.R,build:2020-06-05", "2.800.0000016.0.R", "2020-06-05"),
        (b"version=2.420.0001.0.R\r\nBuildDate=2014-05-24\r\n", "2.420.0001.0.R", "2014-05-24"),
        (b"version=2.420.Dahua 00.14.R, build: 2016-06-18", "2.420.Dahua 00.14.R", "2016-06-18"),
        (
            b"deviceType=NVR5216-4KS2\nsoftwareVersion=V4.001.0000000.0,build:2021-02-01",
            "V4.001.0000000.0",
            "2021-02-01",
        ),
    ],
)
def test_software_version(data: bytes, firmware: str, build: str) -> None:
    fields = decode(data)
    assert (fields["firmware"], fields["build"]) == ((firmware,), (build,))


def test_spaces_and_line_ends() -> None:
    assert decode(b"type=DH-XVR5108C-X \n\n")["model"] == ("DH-XVR5108C-X",)
    assert decode(b"vendor=AC\0")["manufacturer"] == ("AC",)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"Error\r\nAuthorization Failed!",
        b"Error: Error -1 getting param in name=VideoInOptions[4]",
        b"Firmware.Version=1011-1005\nMACAddress=00:0E:53:00:00:00\nProduct.Type=DVR",
        b"<html type=x>\n</html>",
        b"foo=1\nbar=2",
        b"type=a\n<html>",
        b"type=a\n" * (LINES_LIMIT + 1),
    ],
)
def test_what_only_looks_like_it_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(data)


@given(data=st.binary(max_size=300), head=st.sampled_from([b"", b"type=", b"version=1.", b"BuildDate="]))
def test_any_bytes_decode_or_are_refused(data: bytes, head: bytes) -> None:
    try:
        fields = decode(head + data)
    except DecodeError:
        return
    assert all(values for values in fields.values())
