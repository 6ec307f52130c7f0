"""What no real device does is seen, and what many real networks do is not taken for it."""

import pytest

from camscan.identify.fuse import DOUBTED
from camscan.model import Device
from camscan.reply import Reply
from tests.capture_rig import capture
from tests.middlebox_rig import camera_page, http, judged, reply, sadp

ADDRESS = "10.0.0.5"
DAHUA = "dahua_IPC-HFW2431S-S-S2_2.820.0000000.9.R"
DAHUA_REALM = 'WWW-Authenticate: Digest realm="Login to 4M0AC27PAZ5E1D3", qop="auth", nonce="1234", opaque="x"'


def found(*replies: Reply) -> Device:
    (device,) = judged(replies).devices
    return device


def doubts(device: Device) -> list[str]:
    return [claim.rule for claim in device.claims if claim.attribute == "inconsistency"]


def refused(port: int = 80, *headers: str) -> Reply:
    return http(ADDRESS, "", DAHUA_REALM, *headers, port=port, status="401 Unauthorized")


def test_one_port_that_speaks_as_two_makers_is_doubted() -> None:
    device = found(camera_page(ADDRESS), refused())
    assert doubts(device) == ["two-makers-on-one-port"]
    assert device.confidence.get("vendor", 0) <= DOUBTED
    assert any("port 80 speaks as dahua, hikvision" in c.reason for c in device.conflicts)


def test_two_ports_that_speak_as_two_makers_are_a_forwarding_router_and_a_conflict() -> None:
    device = found(camera_page(ADDRESS), refused(8080))
    assert doubts(device) == []
    assert any(c.attribute == "vendor" for c in device.conflicts)


def test_the_own_discovery_of_both_makers_is_doubted() -> None:
    device = found(sadp(ADDRESS, 1), reply(ADDRESS, "dhdiscover", 37810, capture("dhdiscover", DAHUA), "udp"))
    assert doubts(device) == ["two-makers-discovery"]


def test_many_makers_at_one_address_are_doubted() -> None:
    device = found(
        camera_page(ADDRESS),
        refused(8080),
        reply(ADDRESS, "rtsp", 554, b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: Hipcam RealServer/V1.0\r\n\r\n"),
        reply(ADDRESS, "rtsp", 8554, b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: AvigilonOnvifNvt/2.4.0.118\r\n\r\n"),
    )
    assert "many-makers" in doubts(device)
    assert any("one address speaks as avigilon, dahua, hichip, hikvision" in c.reason for c in device.conflicts)


@pytest.mark.parametrize("replies", [(camera_page(ADDRESS), sadp(ADDRESS, 1)), (refused(),)])
def test_a_device_of_one_maker_is_not(replies: tuple[Reply, ...]) -> None:
    assert doubts(found(*replies)) == []


def test_one_reply_with_the_names_of_two_makers_is_doubted() -> None:
    device = found(refused(80, "Server: DNVRS-Webs"))
    assert "http-two-makers" in doubts(device)
    assert device.confidence.get("vendor", 0) <= DOUBTED
