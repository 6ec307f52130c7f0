"""Every capture of ARP, SNMP and the services read over TCP: its fields, and the device it is enough for by itself."""

from functools import cache
from typing import Any

import pytest

from camscan.identify.identify import identify
from camscan.identify.knowledge_base import Knowledge, load_knowledge
from camscan.model import Device, Reply
from camscan.protocols.registry import load_protocols
from tests.capture_rig import captures, check_fields, data_of

NAMES = ("arp", "dvrip", "ftp", "hik_sdk", "rtsp", "snmp", "ssh", "telnet", "tls")
CAPTURES = [pytest.param(*one.values, id=f"{name}/{one.id}") for name in NAMES for one in captures(name)]


@cache
def knowledge() -> Knowledge:
    return load_knowledge()


def judged(document: dict[str, Any]) -> Device | None:
    """The device of a capture; None where the reply is no reason to list one (a MAC of nobody in particular)."""
    reply = Reply(
        address="192.0.2.1",
        protocol=document["protocol"],
        transport=document["transport"],
        port=document.get("port"),
        request=document["request"],
        data=data_of(document),
    )
    return next(iter(identify([reply], load_protocols(), knowledge()).devices), None)


@pytest.mark.parametrize("document", CAPTURES)
def test_a_capture_gives_its_fields(document: dict[str, Any]) -> None:
    check_fields(document)


@pytest.mark.parametrize("document", CAPTURES)
def test_a_capture_gives_its_device(document: dict[str, Any]) -> None:
    device = judged(document)
    expected = {name: value or None for name, value in document["device"].items()}
    assert {name: getattr(device, name, None) for name in expected} == expected


def test_what_imitates_a_dahua_is_doubted() -> None:
    reply = (
        b"RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nDate: Tue, 14 Mar 2023 08:41:55 GMT\r\n"
        b'WWW-Authenticate: Digest realm="Login to 4M0AC27PAZ5E1D3", nonce="b41c07e92fd85a66"\r\n'
        b'WWW-Authenticate: Basic realm="Login to 4M0AC27PAZ5E1D3"\r\n\r\n'
    )
    document = {"protocol": "rtsp", "transport": "tcp", "port": 554, "request": "describe", "encoding": "text"}
    device = judged({**document, "reply": reply.decode()})
    assert device is not None
    assert device.confidence["vendor"] <= 0.5
    assert len(device.conflicts) == 2
