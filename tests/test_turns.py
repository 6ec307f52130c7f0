"""Turns with one host, over real sockets on loopback: what is asked, what is believed, what costs only itself."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from transport_rig import HOME, Rig, serving

from camscan.discover.announced import announced
from camscan.discover.hint import Hint
from camscan.discover.hosts import HINTS_LIMIT, Hosts
from camscan.discover.plan import Settings
from camscan.discover.turns import Interview
from camscan.identify.identify import identify
from camscan.identify.knowledge_base import load_knowledge
from camscan.lab.certificate import server_context
from camscan.lab.service import Certificate
from camscan.model import Device
from camscan.protocols.reading import read
from camscan.protocols.registry import load_protocols
from camscan.reply import Fields, Reply

PROTOCOLS = load_protocols()
Answer = Callable[[bytes], bytes]


class Web:
    """A server that answers each request with `answer(request)` and remembers what it was asked."""

    def __init__(self, answer: Answer, greeting: bytes = b"") -> None:
        self.answer, self.greeting, self.asked = answer, greeting, list[bytes]()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self.greeting)
        request = await reader.read(4096)
        self.asked.append(request)
        writer.write(self.answer(request))
        await writer.drain()

    def lines(self) -> list[str]:
        return [request.partition(b"\r\n")[0].decode() for request in self.asked]


def page(body: bytes, status: str = "200 OK", head: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def interview(rig: Rig, *hints: Hint, settings: Settings | None = None) -> list[Reply]:
    replies: list[Reply] = []
    talk = Interview(wire=rig.wire, protocols=PROTOCOLS, settings=settings or Settings(), address=HOME)
    talk.note = replies.append
    await talk.hear(hints)
    return replies


def device_of(replies: list[Reply]) -> Device:
    (device,) = identify(replies, PROTOCOLS, load_knowledge()).devices
    return device


DAHUA_LIKE = b"type=IPC-HFW2431S-S-S2\r\nversion=2.800.0000000.34.R,build:2021-07-08\r\n"


async def test_a_device_that_says_the_same_to_every_path_gives_no_evidence_by_it() -> None:
    web = Web(lambda request: page(DAHUA_LIKE))
    async with serving(web) as port:
        replies = await interview(Rig(), Hint(protocol="http", port=port))
    assert {r.protocol for r in replies} == {"http"}
    assert device_of(replies).vendor is None


async def test_an_echo_of_the_path_is_seen_through() -> None:
    web = Web(lambda request: page(DAHUA_LIKE + b"path=" + request.split()[1]))
    async with serving(web) as port:
        replies = await interview(Rig(), Hint(protocol="http", port=port))
    assert "magicbox" not in {r.protocol for r in replies}


async def test_what_differs_from_the_answer_to_any_path_is_evidence() -> None:
    web = Web(lambda request: page(DAHUA_LIKE if b"magicBox" in request else b"<html>welcome</html>"))
    async with serving(web) as port:
        replies = await interview(Rig(), Hint(protocol="http", port=port))
    assert "magicbox" in {r.protocol for r in replies}
    assert device_of(replies).model == "IPC-HFW2431S-S-S2"


async def test_a_port_that_does_not_speak_http_is_asked_no_more_over_it() -> None:
    web = Web(lambda request: b"500 what?\r\n", greeting=b"220 mail.example.org ESMTP\r\n")
    async with serving(web) as port:
        await interview(Rig(), Hint(protocol="http", port=port))
    assert not [line for line in web.lines() if "RPC2" in line or "ISAPI" in line or "onvif" in line]


async def test_the_challenge_goes_to_the_endpoint_that_serves_pages() -> None:
    signpost = Web(lambda request: page(b"", "302 Found", "Location: https://127.0.0.1/\r\n"))
    pages = Web(lambda request: page(b"<html>", "404 Not Found"))
    async with serving(signpost) as first, serving(pages) as second:
        await interview(Rig(), Hint(protocol="http", port=first), Hint(protocol="http", port=second))
    assert not [line for line in signpost.lines() if "RPC2" in line]
    assert len([line for line in pages.lines() if "RPC2" in line]) == 1


async def test_the_first_question_under_tls_shows_the_certificate_once() -> None:
    web, rig = Web(lambda request: page(b"<html>", "404 Not Found")), Rig()
    shown = Certificate(subject="CN=camera", issuer="CN=camera", version="1.2", key_bits=2048)
    async with serving(web, server_context(shown)) as port:
        replies = await interview(rig, Hint(protocol="http", port=port, tls=True))
    assert [r.request for r in replies if r.protocol == "tls"] == ["handshake strict"]
    assert read(PROTOCOLS["tls"], replies[0].data).fields["subject"] == ("CN=camera",)
    assert rig.wire.ledger.connections == len(web.asked) > 4


async def test_what_shakes_hands_and_says_nothing_shows_its_certificate_too() -> None:
    mute = Web(lambda request: b"")
    shown = Certificate(subject="CN=camera", issuer="CN=camera", version="1.2", key_bits=2048)
    async with serving(mute, server_context(shown)) as port:
        replies = await interview(Rig(), Hint(protocol="http", port=port, tls=True))
    assert [r.protocol for r in replies] == ["tls"]


async def test_without_challenges_none_is_sent() -> None:
    web = Web(lambda request: page(b"<html>", "404 Not Found"))
    async with serving(web) as port:
        await interview(Rig(), Hint(protocol="http", port=port), settings=Settings(challenge=False))
    assert web.asked
    assert not [line for line in web.lines() if "RPC2" in line]


async def test_an_endpoint_is_asked_once_in_a_scan() -> None:
    web = Web(lambda request: page(b"<html>", "404 Not Found"))
    async with serving(web) as port:
        hint = Hint(protocol="http", port=port)
        talk = Interview(wire=Rig().wire, protocols=PROTOCOLS, settings=Settings(), address=HOME)
        await talk.hear([hint, hint])
        before = len(web.asked)
        await talk.hear([hint])
    assert len(web.asked) == before


async def test_the_read_only_port_is_written_to_for_no_reply() -> None:
    rig = Rig()
    wrong = [Hint(protocol=name, port=8000) for name in ("dvrip", "http", "rtsp")]
    await interview(rig, *wrong)
    assert rig.lines == []


@pytest.mark.parametrize("protocol", ["dhdiscover", "sadp", "wsdiscovery"])
def test_no_reply_announces_the_read_only_port_to_anything_but_its_own_protocol(protocol: str) -> None:
    reply = Reply(address=HOME, protocol=protocol, transport="udp", port=1, request="r", data=b"")
    fields = dict.fromkeys(("http_port", "https_port", "rtsp_port", "sdk_port"), ("8000",)) | {
        "xaddr": (f"http://{HOME}:8000/onvif",)
    }
    assert {h.protocol for h in announced(reply, fields)} <= {"hik_sdk"}


def test_a_device_that_announces_a_thousand_ports_is_asked_at_a_few() -> None:
    hosts = Hosts(scope=Rig().wire.scope, protocols=PROTOCOLS)
    for start in range(0, 1000, 10):
        urls = " ".join(f"http://{HOME}:{9100 + start + n}/onvif/device_service" for n in range(10))
        body = (
            '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" '
            'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><e:Body><d:ProbeMatches><d:ProbeMatch>'
            f"<d:Types>dn:NetworkVideoTransmitter</d:Types><d:XAddrs>{urls}</d:XAddrs>"
            "</d:ProbeMatch></d:ProbeMatches></e:Body></e:Envelope>"
        )
        reply = Reply(address=HOME, protocol="wsdiscovery", transport="udp", port=3702, request="r", data=body.encode())
        assert hosts.note(reply)
    assert len(hosts.hints[HOME]) == HINTS_LIMIT


def test_what_differs_by_its_message_id_alone_is_read_once() -> None:
    read_so_far: list[bytes] = []

    def decode(data: bytes) -> Fields:
        read_so_far.append(data)
        return PROTOCOLS["wsdiscovery"].decode(data)

    def heard(number: int, what: str, sender: str = HOME) -> bool:
        body = f"<Envelope><RelatesTo>{number}</RelatesTo><{what}><Types>Device</Types></{what}></Envelope>".encode()
        reply = Reply(address=sender, protocol="wsdiscovery", transport="udp", port=3702, request="r", data=body)
        return hosts.note(reply)

    protocols = {"wsdiscovery": replace(PROTOCOLS["wsdiscovery"], decode=decode)}
    hosts = Hosts(scope=Rig().wire.scope, protocols=protocols)
    assert [heard(number, "ProbeMatch") for number in range(3)] == [True] * 3
    assert len(read_so_far) == 1
    assert heard(1, "ProbeMatch", "127.0.0.2")
    assert [*hosts.heard] == [HOME, "127.0.0.2"]
    assert [heard(number, "Probe") for number in range(3)] == [False] * 3


@pytest.mark.parametrize(
    ("protocol", "data"),
    [
        ("sadp", b"<ProbeMatch><DeviceDescription>&#xD800;</DeviceDescription></ProbeMatch>"),
        ("isapi", b"<DeviceInfo><model>&#xDFFF;</model></DeviceInfo>"),
        ("upnp", b"<root><device><modelName>&#xD800;</modelName></device></root>"),
        (
            "onvif",
            b"<Envelope><GetDeviceInformationResponse><Model>&#xD800;</Model></GetDeviceInformationResponse></Envelope>",
        ),
    ],
)
def test_half_a_surrogate_pair_costs_the_reply_only(protocol: str, data: bytes) -> None:
    reading = read(PROTOCOLS[protocol], data)
    assert reading.problem is None or "mistake" not in reading.problem
    good = Reply(address="10.0.0.1", protocol="ssh", transport="tcp", port=22, request="r", data=b"SSH-2.0-x\r\n")
    bad = Reply(address="10.0.0.2", protocol=protocol, transport="udp", port=1, request="r", data=data)
    found = identify([bad, good], PROTOCOLS, load_knowledge())
    assert "10.0.0.1" in {d.address for d in found.devices}


def test_a_mistake_in_a_codec_costs_the_reply_only() -> None:
    def broken(data: bytes) -> dict[str, tuple[str, ...]]:
        raise ZeroDivisionError

    reading = read(replace(PROTOCOLS["ssh"], decode=broken), b"SSH-2.0-x")
    assert reading.problem == "a mistake in camscan's ssh codec: ZeroDivisionError"
    assert not reading.fields


def test_frames_go_to_the_mac_that_arp_has_told_this_run_and_not_an_earlier_one() -> None:
    frame = bytes(12) + bytes.fromhex("0806 0001 0800 06 04 0002 020000000007 7f000001") + bytes(10)
    reply = Reply(address=HOME, protocol="arp", transport="ethernet", port=None, request="who-has", data=frame)
    hosts = Hosts(scope=Rig().wire.scope, protocols=PROTOCOLS)
    assert hosts.note(reply, fresh=False)
    assert [*hosts.heard] == [HOME]
    assert hosts.macs.get(HOME) is None
    assert hosts.note(reply)
    assert hosts.macs.get(HOME) == bytes.fromhex("020000000007")
