"""Every capture, of every protocol: its fields, and the device it is enough for by itself."""

from typing import Any

import pytest

from tests.capture_rig import DIRECTORY, captures, check_device, check_fields, judged

CAPTURES = [
    pytest.param(*one.values, id=f"{folder.name}/{one.id}")
    for folder in sorted(DIRECTORY.iterdir())
    for one in captures(folder.name)
]


@pytest.mark.parametrize("document", CAPTURES)
def test_a_capture_gives_its_fields(document: dict[str, Any]) -> None:
    check_fields(document)


@pytest.mark.parametrize("document", CAPTURES)
def test_a_capture_gives_its_device(document: dict[str, Any]) -> None:
    check_device(document)


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
