import asyncio
import base64
import hashlib
import socket

import pytest
from lxml import etree

from camscan.errors import NotPossibleError, OutOfScopeError
from camscan.probe import Endpoint
from camscan.protocols.http_message import is_complete
from camscan.reply import Outcome
from camscan.transport import soap
from camscan.transport.soap import device_information
from tests.transport_rig import HOME, Handler, Rig, closed_port, serving

ENVELOPE = b"<Envelope><Body><Information><Model>DS-2CD2042WD-I</Model></Information></Body></Envelope>"


class _Camera:
    """Keeps what it was asked and gives one answer."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.requests: list[tuple[str, dict[str, str], bytes]] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        start, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines) if k}
        body = await reader.readexactly(int(headers["content-length"]))
        self.requests.append((start, headers, body))
        writer.write(self.answer)
        await writer.drain()
        await reader.read()


def _http(status: str, body: bytes, *headers: str) -> bytes:
    head = "\r\n".join((f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "\r\n"))
    return head.encode() + body


async def _ask(rig: Rig, handler: Handler, seconds: float = 2.0, **more: float) -> tuple[Outcome, bytes | None]:
    async with serving(handler) as port:
        endpoint = Endpoint(address=HOME, port=port)
        return await device_information(rig.wire, endpoint, "auditor", "s3cret", seconds, complete=is_complete, **more)


def _texts(message: bytes) -> dict[str, str]:
    return {etree.QName(e).localname: e.text or "" for e in etree.fromstring(message).iter()}


async def test_one_signed_question_and_the_answer_as_it_came() -> None:
    rig, camera = Rig(), _Camera(_http("200 OK", ENVELOPE))
    assert await _ask(rig, camera) == (Outcome.REPLIED, camera.answer)
    ((start, headers, message),) = camera.requests
    assert start == "POST /onvif/device_service HTTP/1.1"
    assert headers["host"].startswith(f"{HOME}:")
    assert headers["content-type"].startswith("application/soap+xml")
    assert "authorization" not in headers
    said = _texts(message)
    assert said["Username"] == "auditor"
    assert said["Created"] == "1970-01-01T00:16:40Z"
    digest = hashlib.sha1(base64.b64decode(said["Nonce"]) + said["Created"].encode() + b"s3cret", usedforsecurity=False)
    assert said["Password"] == base64.b64encode(digest.digest()).decode()
    assert "GetDeviceInformation" in said
    assert b"s3cret" not in message
    assert [name for _, name in rig.asked] == ["connect", soap.REQUEST]


async def test_the_digest_is_dated_by_the_clock_of_the_device() -> None:
    camera = _Camera(_http("200 OK", ENVELOPE))
    await _ask(Rig(), camera, device_time=86400.0)
    assert _texts(camera.requests[0][2])["Created"] == "1970-01-02T00:00:00Z"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("401 Unauthorized", b""),
        ("403 Forbidden", b"no"),
        ("400 Bad Request", b"<Fault><Value>ter:NotAuthorized</Value></Fault>"),
        ("500 Error", b"<Fault><faultcode>wsse:FailedAuthentication</faultcode></Fault>"),
    ],
)
async def test_a_refusal_is_handed_over_and_final(status: str, body: bytes) -> None:
    rig = Rig()
    camera = _Camera(_http(status, body, 'WWW-Authenticate: Digest realm="x", nonce="1"'))
    assert await _ask(rig, camera) == (Outcome.REPLIED, camera.answer)
    assert len(camera.requests) == 1


async def test_a_redirect_is_not_followed() -> None:
    followed = _Camera(_http("200 OK", ENVELOPE))
    async with serving(followed) as elsewhere:
        rig = Rig()
        moved = _http("302 Found", b"moved", f"Location: http://{HOME}:{elsewhere}/onvif/device_service")
        assert await _ask(rig, _Camera(moved)) == (Outcome.REPLIED, moved)
    assert not followed.requests
    assert rig.wire.ledger.connections == 1


async def test_a_chunked_answer_ends_where_its_last_chunk_does() -> None:
    chunks = b"%x\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n" % (20, ENVELOPE[:20], len(ENVELOPE) - 20, ENVELOPE[20:])
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
    started = asyncio.get_running_loop().time()
    assert await _ask(Rig(), _Camera(answer), seconds=20) == (Outcome.REPLIED, answer)
    assert asyncio.get_running_loop().time() - started < 10


@pytest.mark.parametrize("answer", [b"SSH-2.0-dropbear\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\0\xff" * 50])
async def test_what_is_not_http_is_left_to_the_caller(answer: bytes) -> None:
    assert await _ask(Rig(), _Camera(answer), seconds=0.2) == (Outcome.REPLIED, answer)


async def test_an_answer_cut_short_is_kept_for_the_caller_to_judge() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<Envelope>"
    assert await _ask(Rig(), _Camera(answer), seconds=0.2) == (Outcome.REPLIED, answer)


async def test_a_device_that_drips_is_cut_in_time() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"H")
            await asyncio.sleep(0.02)

    _, data = await asyncio.wait_for(_ask(Rig(), drip, seconds=0.2), 3)
    assert data
    assert set(data) == {ord("H")}


async def test_silence_and_refusal_of_the_connection() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    assert await _ask(Rig(), silent, seconds=0.2) == (Outcome.SILENT, None)
    endpoint = Endpoint(address=HOME, port=closed_port())
    assert await device_information(Rig().wire, endpoint, "u", "p", 1, complete=is_complete) == (Outcome.REFUSED, None)


async def test_no_credential_leaves_the_scope() -> None:
    rig = Rig("10.0.0.0/8")
    with pytest.raises(OutOfScopeError):
        endpoint = Endpoint(address=HOME, port=closed_port())
        await device_information(rig.wire, endpoint, "u", "p", 1, complete=is_complete)
    assert not rig.lines


def test_zeep_itself_reaches_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", forbidden)
    soap._load_wsdl.cache_clear()
    assert soap._load_wsdl()
    transport = soap._transport([])
    with pytest.raises(NotPossibleError):
        transport.load("http://www.w3.org/2001/xml.xsd")
    with pytest.raises(NotPossibleError):
        transport.get("http://10.0.0.5/", {}, {})
