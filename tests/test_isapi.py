"""ISAPI: the oddities of DeviceInfo, and what is no DeviceInfo."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camscan.errors import DecodeError
from camscan.probe import Endpoint
from camscan.protocols.isapi import DEVICE_INFO, PROTOCOL, decode, dialogue

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\r\n'


def info(
    *elements: str, root: str = '<DeviceInfo version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">'
) -> bytes:
    return HEAD + "".join((root, *elements, "</DeviceInfo>")).encode()


def test_one_question_without_credentials() -> None:
    asked = list(dialogue(Endpoint(address="192.0.2.7", port=80)))
    assert asked == [DEVICE_INFO] == list(PROTOCOL.requests)
    sent = DEVICE_INFO.render("192.0.2.7")
    assert sent.startswith(b"GET /ISAPI/System/deviceInfo HTTP/1.1\r\n")
    assert b"auth" not in sent.lower()


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("http://www.hikvision.com/ver10/XMLSchema", "hikvision"),
        ("http://www.isapi.org/ver20/XMLSchema", "isapi"),
        ("http://www.std-cgi.com/ver20/XMLSchema", "std-cgi"),
        ("urn:psialliance-org", "psia"),
    ],
)
def test_namespaces(uri: str, name: str) -> None:
    fields = decode(info("<model>DS-1</model>", root=f'<DeviceInfo version = "1.0" xmlns="{uri}">'))
    assert fields["namespace"] == (name,)
    assert fields["model"] == ("DS-1",)


@pytest.mark.parametrize(
    ("version", "released", "firmware", "build"),
    [
        ("V5.7.18", "build 240826", "V5.7.18", "build 240826"),
        ("V3.4.92", "build180228", "V3.4.92", "build 180228"),
        ("V5.5.31 build 180903", "", "V5.5.31", "build 180903"),
        ("V5.4.5\n", " Build 170124 ", "V5.4.5", "build 170124"),
        ("1.02", "2013-04-19", "1.02", "2013-04-19"),
    ],
)
def test_versions(version: str, released: str, firmware: str, build: str) -> None:
    elements = f"<firmwareVersion>{version}</firmwareVersion><firmwareReleasedDate>{released}</firmwareReleasedDate>"
    fields = decode(info(elements))
    assert (fields["firmware"], fields["build"]) == ((firmware,), (build,))


def test_a_missing_namespace_and_odd_values() -> None:
    fields = decode(
        info(
            "<deviceName>相机</deviceName>",
            "<deviceType>\tVis</deviceType>",
            "<model>DS-KV1\n</model>",
            "<manufacturer/>",
            root="<DeviceInfo>",
        )
    )
    assert (fields["name"], fields["device_type"], fields["model"]) == (("相机",), ("Vis",), ("DS-KV1",))
    assert "namespace" not in fields
    assert "manufacturer" not in fields


def test_a_document_cut_at_either_end() -> None:
    tail = decode(
        b"<serialNumber>DS-1234567890</serialNumber>\n<firmwareVersion>V1.5.1</firmwareVersion>\n</DeviceInfo>"
    )
    assert (tail["serial"], tail["firmware"]) == (("DS-1234567890",), ("V1.5.1",))
    head = decode(
        HEAD + b'<DeviceInfo xmlns="http://www.std-cgi.com/ver20/XMLSchema"><model>A-1</model><macAddress>bc:ad'
    )
    assert (head["model"], head["namespace"]) == (("A-1",), ("std-cgi",))


def test_what_stands_deeper_describes_something_else() -> None:
    fields = decode(info("<model>DS-7608</model>", "<Camera><model>IPC-1</model></Camera>"))
    assert fields["model"] == ("DS-7608",)


def test_refusals_give_no_device() -> None:
    refusal = (
        b'<ResponseStatus version="1.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">'
        b"<statusCode>2</statusCode><statusString>Device Busy</statusString></ResponseStatus>"
    )
    assert decode(refusal) == {"answer": ("ResponseStatus",), "namespace": ("hikvision",), "fault": ("Device Busy",)}
    check = b"<userCheck><statusValue>401</statusValue><statusString>Unauthorized</statusString></userCheck>"
    assert decode(check) == {"answer": ("userCheck",), "fault": ("Unauthorized",)}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><body>401</body></html>",
        HEAD + b"<DeviceInfo></DeviceInfo>",
        HEAD + b"<InputProxyChannelList><model>DS-1</model></InputProxyChannelList>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><DeviceInfo><model>&a;</model></DeviceInfo>',
    ],
)
def test_what_is_no_device_info_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(data)


@given(
    data=st.binary(max_size=300),
    head=st.sampled_from([b"", b"<DeviceInfo><model>", b"<model>", b"<DeviceInfo><a:b x='"]),
)
def test_any_bytes_decode_or_are_refused(data: bytes, head: bytes) -> None:
    try:
        fields = decode(head + data)
    except DecodeError:
        return
    assert fields["answer"][0] in ("DeviceInfo", "ResponseStatus", "userCheck")


def test_json_says_the_same_as_xml() -> None:
    said = {
        "model": "DS-K1T670X",
        "firmwareVersion": "V3.3.8",
        "firmwareReleasedDate": "build 231107",
        "bootVersion": None,
    }
    fields = decode(json.dumps({"DeviceInfo": said}).encode())
    assert fields["answer"] == ("DeviceInfo",)
    assert (fields["model"], fields["firmware"], fields["build"]) == (("DS-K1T670X",), ("V3.3.8",), ("build 231107",))
    assert "namespace" not in fields


@pytest.mark.parametrize(
    "data", [b"{", b"{}", b'{"DeviceInfo": []}', b'{"DeviceInfo": {}}', b'{"DeviceInfo": {"a": 1}}']
)
def test_json_that_is_no_device_info(data: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(data)
