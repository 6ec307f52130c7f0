"""Packet captures as recordings: what devices said becomes replies, what clients said does not; no file does harm."""

import io
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.inet import IP, TCP, fragment
from scapy.layers.inet6 import IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment
from scapy.layers.l2 import ARP, CookedLinux, CookedLinuxV2, Dot1Q, Ether
from scapy.packet import Raw

from camscan.errors import UsageError
from camscan.intake import carried, connections
from camscan.intake.captured import read_captured
from camscan.intake.connections import Connections, Turn
from camscan.intake.one_way import EARLY_LIMIT, OneWay
from camscan.intake.packet_file import _Dissector, read_packets
from camscan.intake.packets import Segment
from camscan.intake.plain_frame import ETHERNET, read_plain
from camscan.intake.replay import as_line
from camscan.probe import REPLY_LIMIT
from camscan.reply import Reply
from tests.cli_rig import run
from tests.packet_rig import (
    CLIENT,
    DEVICE,
    DEVICE_INFO,
    GREETING,
    INQUIRY,
    SADP,
    connection,
    ether,
    framed,
    get,
    page,
    read_file,
    said,
    udp,
    write,
)

INFO = "/ISAPI/System/deviceInfo"
ASKED = [udp(INQUIRY, (CLIENT, 40_000), ("239.255.255.250", 37020)), udp(SADP, (DEVICE, 37020), (CLIENT, 40_000))]


def replies(tmp_path: Path, packets: list[Any]) -> list[Reply]:
    found, left_out = read_file(write(tmp_path / "file.pcap", framed(packets)))
    assert left_out == []
    return found


# Datagrams


def test_an_answer_is_a_reply_and_the_question_is_not(tmp_path: Path) -> None:
    (reply,) = replies(tmp_path, ASKED)
    assert (reply.address, reply.protocol, reply.transport, reply.port) == (DEVICE, "sadp", "udp", 37020)
    assert (reply.data, reply.channel, reply.time) == (SADP, "recorded", 1_700_000_000.001)


def test_whoever_asked_is_answered_from_any_port(tmp_path: Path) -> None:
    packets = [
        ASKED[0],
        udp(SADP, (DEVICE, 51_111), (CLIENT, 40_000)),
        udp(SADP, ("10.0.0.65", 51_111), (CLIENT, 40_001)),
    ]
    assert [reply.address for reply in replies(tmp_path, packets)] == [DEVICE]


def test_what_only_goes_to_the_port_must_read_as_an_answer(tmp_path: Path) -> None:
    group = ("239.255.255.250", 1900)
    hello = b"NOTIFY * HTTP/1.1\r\nNT: upnp:rootdevice\r\nNTS: ssdp:alive\r\nServer: Linux UPnP/1.0\r\n\r\n"
    packets = [
        udp(hello, (DEVICE, 45_000), group),
        udp(hello.replace(b"alive", b"byebye"), ("10.0.0.65", 45_000), group),
        udp(b"M-SEARCH * HTTP/1.1\r\nST: ssdp:all\r\n\r\n", ("10.0.0.66", 45_000), group),
        udp(b"what is this", ("10.0.0.67", 45_000), group),
        udp(b"what is this", ("10.0.0.68", 1900), (CLIENT, 45_001)),
    ]
    assert [reply.address for reply in replies(tmp_path, packets)] == [DEVICE, "10.0.0.68"]


def test_an_answer_without_a_sender_is_nobodys(tmp_path: Path) -> None:
    assert replies(tmp_path, [udp(SADP, ("0.0.0.0", 37020), ("255.255.255.255", 37020))]) == []


def test_the_same_said_again_is_one_reply(tmp_path: Path) -> None:
    assert len(replies(tmp_path, ASKED * 3 + connection(80, (get("/"), page(b"x"))) * 2)) == 3


def test_of_arp_only_answers_count(tmp_path: Path) -> None:
    mac = "44:19:b6:01:02:03"
    frames = [
        ether() / ARP(op="who-has", hwsrc="02:00:00:00:00:09", psrc=CLIENT, pdst=DEVICE),
        ether() / ARP(op="is-at", hwsrc=mac, psrc=DEVICE, pdst=CLIENT) / Raw(bytes(18)),
        ether() / ARP(op="is-at", hwsrc=mac, psrc="0.0.0.0", pdst=CLIENT),
    ]
    ((reply,), left_out) = read_file(write(tmp_path / "file.pcap", frames))
    assert (reply.address, reply.protocol, reply.transport, reply.port) == (DEVICE, "arp", "ethernet", None)
    assert len(reply.data) == 28
    assert left_out == []


# Connections


def test_a_response_is_recorded_and_its_body_under_the_protocol_of_the_path(tmp_path: Path) -> None:
    found = replies(tmp_path, connection(80, (get(INFO), page(DEVICE_INFO, "application/xml"))))
    assert [(r.protocol, r.transport, r.port, r.request) for r in found] == [
        ("tcp", "tcp", 80, "connect, captured"),
        ("http", "tcp", 80, f"GET {INFO}, captured"),
        ("isapi", "tcp", 80, f"GET {INFO}, captured"),
    ]
    assert found[2].data == DEVICE_INFO
    assert {r.address for r in found} == {DEVICE}


def test_what_an_endpoint_says_to_any_path_is_no_evidence(tmp_path: Path) -> None:
    answer = page(DEVICE_INFO)
    packets = connection(80, (get("/nobody"), answer)) + connection(80, (get(INFO), answer))
    assert [protocol for protocol, _, _ in said(replies(tmp_path, packets))] == ["http", "http"]


def test_a_body_that_does_not_read_as_the_protocol_of_its_path_is_http_alone(tmp_path: Path) -> None:
    found = replies(tmp_path, connection(80, (get(INFO), page(b"<html>log in</html>"))))
    assert [protocol for protocol, _, _ in said(found)] == ["http"]


def test_a_upnp_description_is_told_by_itself(tmp_path: Path) -> None:
    body = b'<root xmlns="urn:schemas-upnp-org:device-1-0"><device><modelName>X1</modelName></device></root>'
    found = replies(tmp_path, connection(80, (get("/some.xml"), page(body)), (get("/other"), page(b"<device/>"))))
    assert [protocol for protocol, _, _ in said(found)] == ["http", "upnp", "http"]


def test_turns_of_one_connection_are_several_replies(tmp_path: Path) -> None:
    options = b"OPTIONS rtsp://admin:secret@10.0.0.64:554/ RTSP/1.0\r\nCSeq: 1\r\n\r\n"
    describe = options.replace(b"OPTIONS", b"DESCRIBE").replace(b"554/ ", b"554/live?pwd=secret ")
    answers = [
        b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS\r\n\r\n",
        b"RTSP/1.0 401 No\r\nCSeq: 2\r\n\r\n$\0\0\4abcd",
    ]
    found = replies(tmp_path, connection(554, (options, answers[0]), (describe, answers[1])))
    assert said(found) == [("rtsp", 554, "OPTIONS /, captured"), ("rtsp", 554, "DESCRIBE /live, captured")]
    assert [r.data for r in found[1:]] == [answers[0], answers[1].partition(b"$")[0]]


def test_answers_to_questions_sent_at_once_are_parted(tmp_path: Path) -> None:
    one, two = page(b"one"), page(DEVICE_INFO)
    found = replies(tmp_path, connection(80, (get("/") + get(INFO), one + two)))
    assert said(found) == [("http", 80, "GET /, captured"), ("http", 80, "nothing, captured")]
    assert [r.data for r in found[1:]] == [one, two]


def test_a_body_longer_than_announced_stays_whole(tmp_path: Path) -> None:
    answer = page(b"short").replace(b"Content-Length: 5", b"Content-Length: 2")
    assert replies(tmp_path, connection(80, (get("/"), answer)))[-1].data == answer


def test_no_secret_of_a_client_is_kept(tmp_path: Path) -> None:
    asked = b"GET /cgi?user=admin&pwd=secret HTTP/1.1\r\nAuthorization: Basic c2VjcmV0\r\n\r\n"
    found = replies(tmp_path, connection(80, (asked, page(b"x"))))
    assert said(found) == [("http", 80, "GET /cgi, captured")]
    assert not [r for r in found if b"secret" in r.data or "secret" in r.request]


@pytest.mark.parametrize(
    "asked", ["GET http://203.0.113.5/ HTTP/1.1\r\n\r\n", "CONNECT 203.0.113.5:80 HTTP/1.1\r\n\r\n"]
)
def test_what_a_proxy_passes_on_is_not_its_own(tmp_path: Path, asked: str) -> None:
    assert said(replies(tmp_path, connection(80, (asked.encode(), page(b"x"))))) == []


@pytest.mark.parametrize("kind", ["image/jpeg", "multipart/x-mixed-replace; boundary=x", "video/mpeg"])
def test_of_a_picture_only_the_head_is_kept(tmp_path: Path, kind: str) -> None:
    found = replies(tmp_path, connection(80, (get("/picture"), page(b"\xff\xd8\xff" + bytes(9000), kind))))
    assert found[-1].data.endswith(b"Content-Length: 9003\r\n\r\n")


@pytest.mark.parametrize(
    ("port", "turns", "protocol", "kept"),
    [
        (8000, [(b"", GREETING)], "hik_sdk", GREETING),
        (
            21,
            [(b"", b"220 Camera FTP ready\r\n"), (b"USER x\r\n", b"331 Password\r\n")],
            "ftp",
            b"220 Camera FTP ready\r\n",
        ),
        (
            22,
            [(b"SSH-2.0-client\r\n", b"SSH-2.0-dropbear_2019.78\r\n" + bytes(200))],
            "ssh",
            b"SSH-2.0-dropbear_2019.78\r\n",
        ),
        (
            23,
            [(b"", b"\xff\xfd\x1f"), (b"\xff\xfc\x1f", b"IPC login: "), (b"root\r\n", b"Password: ")],
            "telnet",
            b"IPC login: ",
        ),
    ],
)
def test_a_greeting_is_read_and_the_session_is_not(
    tmp_path: Path, port: int, turns: list[tuple[bytes, bytes]], protocol: str, kept: bytes
) -> None:
    found = [r for r in replies(tmp_path, connection(port, *turns)) if r.protocol == protocol]
    assert kept in [r.data for r in found]
    assert len(found) <= 2
    assert not [r for r in found if b"assword" in r.data]


def test_a_connection_whose_beginning_was_not_captured_is_passed_over(tmp_path: Path) -> None:
    assert replies(tmp_path, connection(80, (get("/"), page(b"x")), begun=False)) == []


def test_a_port_that_no_scan_would_try_is_not_told(tmp_path: Path) -> None:
    assert replies(tmp_path, connection(6000)) == []


# What a capture may lack, and what was sent to mislead


@pytest.mark.parametrize("first", [1000, 2**32 - 50])
def test_segments_in_disorder_and_sent_again_give_the_same(tmp_path: Path, first: int) -> None:
    answer = page(b"0123456789" * 40)
    packets = connection(80, (get("/"), answer), size=100, first=first)
    segments = [p for p in packets if len(p[TCP].payload) and p[TCP].sport == 80]
    at = packets.index(segments[0])
    disorder = [segments[2], segments[1], segments[2], segments[0], segments[1], *segments[4:], segments[3]]
    found = replies(tmp_path, packets[:at] + disorder + packets[at + len(segments) :])
    assert found[-1].data == answer


def test_what_overlaps_does_not_change_what_came_first(tmp_path: Path) -> None:
    packets = connection(80, (get("/"), page(b"true" * 10)), size=1000)
    answer = next(p for p in packets if len(p[TCP].payload) and p[TCP].sport == 80)
    forged = answer.copy()
    forged[TCP].payload = Raw(bytes(answer[TCP].payload).replace(b"true", b"lies"))
    packets.insert(packets.index(answer) + 1, forged)
    assert replies(tmp_path, packets)[-1].data == page(b"true" * 10)


@given(st.data())
def test_any_order_and_any_cuts_give_the_bytes_once(data: st.DataObject) -> None:
    whole = data.draw(st.binary(min_size=1, max_size=60))
    cuts = sorted(data.draw(st.sets(st.integers(1, 60), max_size=10)))
    pieces = [(a, whole[a:b]) for a, b in zip([0, *cuts], [*cuts, 60], strict=True) if whole[a:b]]
    again = data.draw(st.lists(st.sampled_from(pieces), max_size=5))
    first = data.draw(st.sampled_from([0, 7, 2**32 - 3]))
    way = OneWay(first)
    heard = b"".join(way.take((first + at) % 2**32, part) for at, part in data.draw(st.permutations(pieces + again)))
    assert heard == whole


def test_a_gap_ends_what_is_read_of_a_connection_and_half_a_body_is_not_kept(tmp_path: Path) -> None:
    packets = connection(80, (get("/"), page(b"x" * 900)), (get(INFO), page(DEVICE_INFO)), size=300)
    segments = [p for p in packets if len(p[TCP].payload) and p[TCP].sport == 80]
    found = replies(tmp_path, [p for p in packets if p is not segments[1]])
    assert said(found) == [("http", 80, "GET /, captured")]
    assert found[-1].data.endswith(b"Content-Length: 900\r\n\r\n")


def test_an_answer_to_a_question_that_is_missing_is_nobodys(tmp_path: Path) -> None:
    packets = connection(80, (get("/"), page(b"x")), (get("/nobody"), page(DEVICE_INFO)))
    questions = [p for p in packets if len(p[TCP].payload) and p[TCP].dport == 80]
    found = replies(tmp_path, [p for p in packets if p is not questions[1]])
    assert said(found) == [("http", 80, "GET /, captured")]


def test_what_was_said_when_the_capture_ended_counts_if_it_is_whole(tmp_path: Path) -> None:
    whole, cut = page(b"whole"), page(b"x" * 5000)
    packets = connection(80, (get("/1"), whole), closed=False) + connection(80, (get("/2"), cut), closed=False)[:6]
    found = [r.data for r in replies(tmp_path, packets) if r.protocol == "http"]
    assert found == [whole, cut[: cut.index(b"\r\n\r\n") + 4]]


def test_frames_cut_when_captured_are_counted_and_a_datagram_of_them_is_not_used(tmp_path: Path) -> None:
    frames = [Ether(bytes(frame)[:96]) for frame in framed(ASKED + connection(80, (get("/"), page(b"x" * 500))))]
    found, left_out = read_file(write(tmp_path / "file.pcap", frames))
    assert said(found) == [("http", 80, "GET /, captured")]
    assert found[-1].data == b"HTTP/1.1 200 OK\r\nServer: App-webs/\r\n"
    assert left_out == ["cut short when captured"] * 2


def test_an_endless_answer_costs_no_more_than_a_scan_would_take_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Connections()
    ends: dict[str, Any] = {"source": (DEVICE, 80), "target": (CLIENT, 40_000), "acknowledged": 1, "time": 1.0}
    events = list(table.take(Segment(**ends, sequence=0, data=b"", opens=True, accepts=True)))
    for number in range(4000):
        events += table.take(Segment(**ends, sequence=1 + number * 1000, data=bytes(1000), accepts=True))
    (connection_,) = table._open.values()
    assert len(connection_.said) == REPLY_LIMIT
    assert [len(event.data) for event in table.end() if isinstance(event, Turn)] == [REPLY_LIMIT]


def test_what_comes_too_early_for_ever_is_forgotten() -> None:
    way = OneWay(0)
    for number in range(EARLY_LIMIT + 1):
        assert way.take(10 + 2 * number, b"x") == b""
    assert way.broken
    assert way.take(0, b"0123456789") == b""


def test_connections_at_once_are_bounded_and_the_oldest_gives_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "CONNECTIONS_LIMIT", 2)
    packets = [p for n in range(4) for p in connection(80, (get(f"/{n}"), page(b"%d" % n)), closed=False)]
    found = replies(tmp_path, packets)
    assert [request for _, _, request in said(found)] == [f"GET /{n}, captured" for n in range(4)]


def test_many_answers_in_one_turn_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carried, "REPLIES_LIMIT", 3)
    answers = b"".join(page(b"%d" % n) for n in range(9))
    assert len(said(replies(tmp_path, connection(80, (get("/"), answers))))) == 3


# Kinds of files and of links

SIX = ("fe80::9", "fe80::64")


@pytest.mark.parametrize(
    "wrap",
    [
        lambda packet: ether() / Dot1Q(vlan=7) / packet,
        lambda packet: ether(0x88A8) / Dot1Q(vlan=7) / Dot1Q(vlan=8) / packet,
        lambda packet: CookedLinux() / packet,
        lambda packet: CookedLinuxV2() / packet,
        lambda packet: packet,
        lambda packet: Ether(bytes(ether() / packet) + bytes(6)),
    ],
    ids=["tagged", "tagged twice", "cooked", "cooked v2", "bare", "padded"],
)
def test_link_layers(tmp_path: Path, wrap: Any) -> None:
    packets = [*ASKED, *connection(8000, (b"", GREETING))]
    found, left_out = read_file(write(tmp_path / "file.pcap", [wrap(packet) for packet in packets]))
    assert [protocol for protocol, _, _ in said(found)] == ["sadp", "hik_sdk"]
    assert [r.data for r in found if r.protocol != "tcp"] == [SADP, GREETING]
    assert left_out == []


def test_ipv6_with_and_without_extension_headers(tmp_path: Path) -> None:
    there, back = IPv6(src=SIX[0], dst=SIX[1]), IPv6(src=SIX[1], dst=SIX[0]) / IPv6ExtHdrDestOpt()
    packets = [
        udp(SADP, (SIX[1], 37020), ("ff02::c", 37020)),
        *connection(8000, (b"", GREETING), internet=(there, back)),
    ]
    found = replies(tmp_path, packets)
    assert [(r.address, r.protocol) for r in found] == [(SIX[1], "sadp"), (SIX[1], "tcp"), (SIX[1], "hik_sdk")]


@pytest.mark.parametrize("options", [{"endianness": ">"}, {"nano": True}, {"ng": True}], ids=str)
def test_kinds_of_capture_files(tmp_path: Path, options: dict[str, Any]) -> None:
    ((reply,), left_out) = read_file(write(tmp_path / "file", framed(ASKED), **options))
    assert (reply.data, reply.time, left_out) == (SADP, pytest.approx(1_700_000_000.001), [])


@settings(deadline=None)
@given(
    st.sampled_from([*connection(80, (get("/"), page(b"x"))), udp(b"", (DEVICE, 1), (CLIENT, 2)), ASKED[1]]),
    st.lists(st.tuples(st.integers(14, 60), st.integers(0, 255)), max_size=3),
    st.integers(0, 6),
)
def test_a_plain_frame_reads_as_scapy_reads_it(packet: Any, changes: list[tuple[int, int]], padding: int) -> None:
    data = bytearray(bytes(ether() / packet) + bytes(padding))
    for at, value in changes:
        if at < len(data):
            data[at] = value
    plain = read_plain(bytes(data), 1.0)
    if plain is not None:
        assert list(_Dissector().read(bytes(data), ETHERNET, 1.0)) == [plain]


def test_a_packet_without_a_time_has_none(tmp_path: Path) -> None:
    path, frame = write(tmp_path / "file.pcapng", [], ng=True), bytes(ether() / ASKED[1])
    interface = struct.pack("<IIHHII", 1, 20, 1, 0, 65535, 20)
    padded = frame + bytes(-len(frame) % 4)
    simple = struct.pack("<III", 3, 16 + len(padded), len(frame)) + padded + struct.pack("<I", 16 + len(padded))
    path.write_bytes(path.read_bytes()[:28] + interface + simple)
    ((reply,), left_out) = read_file(path)
    assert (reply.data, reply.time, left_out) == (SADP, None, [])


def test_a_datagram_in_fragments_is_put_together(tmp_path: Path) -> None:
    long = SADP.replace(b"<MAC>", b" " * 3000 + b"<MAC>")
    pieces = fragment(udp(long, (DEVICE, 37020), (CLIENT, 37020)), 1000)
    assert [r.data for r in replies(tmp_path, [*pieces[1:], pieces[0]])] == [long]
    found, left_out = read_file(write(tmp_path / "lost.pcap", framed([*ASKED, *pieces[1:]])))
    assert (len(found), left_out) == (1, ["in fragments that are not all there"])


def test_a_datagram_in_fragments_of_ipv6_is_put_together(tmp_path: Path) -> None:
    whole = bytes(udp(SADP, (SIX[1], 37020), (SIX[0], 37020)))[40:]
    head = IPv6(src=SIX[1], dst=SIX[0])
    pieces = [
        head / IPv6ExtHdrFragment(nh=17, id=5, offset=at // 8, m=int(at + 160 < len(whole))) / Raw(whole[at : at + 160])
        for at in range(0, len(whole), 160)
    ]
    assert [r.data for r in replies(tmp_path, pieces)] == [SADP]


@pytest.mark.parametrize("size", [0, 1, 7, 19])
@pytest.mark.parametrize("number", [6, 17])
def test_a_fragment_too_small_for_what_it_carries_costs_itself_only(tmp_path: Path, number: int, size: int) -> None:
    alone = IPv6(src=SIX[1], dst=SIX[0], nh=44) / IPv6ExtHdrFragment(nh=number, id=5, offset=0, m=0) / Raw(bytes(size))
    found, left_out = read_file(write(tmp_path / "file.pcap", framed([alone, *ASKED])))
    assert ([r.data for r in found], left_out) == ([SADP], ["malformed"])


def test_a_frame_without_a_byte_costs_itself_only(tmp_path: Path) -> None:
    found, left_out = read_file(write(tmp_path / "file.pcap", [Raw(b""), *ASKED], linktype=101))
    assert ([r.data for r in found], left_out) == ([SADP], ["of a link layer that is not read, or malformed"])


def test_fragments_that_overlap_are_never_whole(tmp_path: Path) -> None:
    first, *rest = fragment(udp(SADP, (DEVICE, 37020), (CLIENT, 37020)), 160)
    rest[0].frag -= 1
    assert read_file(write(tmp_path / "file.pcap", framed([first, *rest])))[0] == []


def test_a_capture_that_ends_within_a_packet_counts_up_to_there(tmp_path: Path) -> None:
    for name, options in (("file.pcap", {}), ("file.pcapng", {"ng": True})):
        path = write(tmp_path / name, framed([*ASKED, *ASKED]), **options)
        path.write_bytes(path.read_bytes()[:-30])
        found, left_out = read_file(path)
        assert len(found) == 1
        assert left_out[-1] == "the file ends within a packet"


def test_a_link_layer_that_is_not_read_is_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "file.pcap", framed(ASKED), linktype=147)
    ended = run("replay", str(path))
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"camscan: {path}: no reply in it; left out: of a link layer that is not read, or malformed 2\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xd4\xc3\xb2\xa1\x02\0", "a packet capture without a whole header"),
        (b"\x0a\x0d\x0d\x0a\x02\0", "a packet capture without a whole header"),
        (struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1), "no reply in it"),
        (struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1) + b"\xff" * 40, "no reply in it; left out: "),
        (b"\xd4\xc3\xb2\xa0" + bytes(20), "1: not UTF-8 text"),
    ],
)
def test_a_file_that_is_none_is_one_line(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "file.pcap"
    path.write_bytes(content)
    ended = run("replay", str(path))
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert ended.err.startswith(f"camscan: {path}:")
    assert reason in ended.err


def test_a_block_that_says_it_is_huge_is_not_read(tmp_path: Path) -> None:
    path = write(tmp_path / "file.pcapng", framed(ASKED), ng=True)
    path.write_bytes(path.read_bytes() + struct.pack("<II", 6, 0xFFFFFFF0) + bytes(100))
    found, left_out = read_file(path)
    assert len(found) == 1
    assert left_out == ["the file ends within a packet"]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([b"\xd4\xc3\xb2\xa1", b"\x0a\x0d\x0d\x0a"]), st.binary(max_size=400))
def test_any_bytes_after_the_beginning_are_a_refusal_or_replies(beginning: bytes, rest: bytes) -> None:
    try:
        list(read_captured(read_packets("file", io.BytesIO(beginning + rest)), frozenset({80})))
    except UsageError as error:
        assert str(error).startswith("file: ")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.binary(max_size=120), max_size=6),
    st.sampled_from([b"", bytes(12) + b"\x08\0E", bytes(12) + b"\x86\xdd`"]),
)
def test_any_frames_are_replies_or_left_out(frames: list[bytes], head: bytes) -> None:
    read_bytes([head + frame for frame in frames])


@st.composite
def fragments(draw: st.DrawFn) -> bytes:
    """A fragment of IPv4 or IPv6, of one of two datagrams, so that several of them may be a whole one."""
    number, offset = draw(st.sampled_from([0, 6, 17, 44, 58])), draw(st.integers(0, 3))
    more, mark, data = draw(st.booleans()), draw(st.integers(1, 2)), draw(st.binary(max_size=32))
    if draw(st.booleans()):
        four = IP(src=DEVICE, dst=CLIENT, proto=number, id=mark, frag=offset, flags="MF" if more else 0)
        return bytes(four / Raw(data))
    head = IPv6ExtHdrFragment(nh=number, id=mark, offset=offset, m=int(more))
    return bytes(IPv6(src=SIX[1], dst=SIX[0], nh=44) / head / Raw(data))


@settings(max_examples=150, deadline=None)
@given(st.lists(fragments(), max_size=6), st.sampled_from([1, 101]))
def test_any_fragments_are_replies_or_left_out(frames: list[bytes], link: int) -> None:
    kinds = {4: b"\x08\0", 6: b"\x86\xdd"}
    heads = [bytes(12) + kinds[frame[0] >> 4] if link == ETHERNET else b"" for frame in frames]
    read_bytes([head + frame for head, frame in zip(heads, frames, strict=True)], link)


def read_bytes(frames: list[bytes], link: int = ETHERNET) -> None:
    records = b"".join(struct.pack("<IIII", 1, 0, len(frame), len(frame)) + frame for frame in frames)
    stream = io.BytesIO(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link) + records)
    list(read_captured(read_packets("file", stream), frozenset({80})))


def test_tags_without_an_end_are_no_harm(tmp_path: Path) -> None:
    frame = Ether(bytes(12) + b"\x81\0\0\7" * 10_000)
    found, _ = read_file(write(tmp_path / "file.pcap", [frame, *framed(ASKED)]))
    assert len(found) == 1


# The command


def test_a_capture_is_judged_beside_a_recording_and_from_stdin(tmp_path: Path) -> None:
    path = write(tmp_path / "site.pcapng", framed(ASKED), ng=True)
    ended = run("replay", str(path), "--format", "csv")
    assert ended.code == 0
    assert "DS-2CD2042WD-I" in ended.out
    piped = run("replay", "-", "--format", "csv", stdin=path.read_bytes())
    assert (piped.code, piped.out) == (0, ended.out)
    other = Reply(address="10.0.0.77", protocol="sadp", transport="udp", port=37020, request="inquiry", data=SADP)
    (tmp_path / "replies.jsonl").write_text(
        as_line(other).replace("123456789", "987654321").replace("01-02-03", "9-9-9")
    )
    both = run("replay", str(path), str(tmp_path / "replies.jsonl"), "--format", "csv")
    assert [line.partition(",")[0] for line in both.out.splitlines()[1:]] == [DEVICE, "10.0.0.77"]


def test_what_is_left_out_is_counted_on_stderr(tmp_path: Path) -> None:
    pieces = fragment(udp(SADP * 9, (DEVICE, 37020), (CLIENT, 37020)), 1000)
    path = write(tmp_path / "site.pcap", framed([*ASKED, pieces[0]]))
    ended = run("replay", str(path), "--quiet", "--format", "csv")
    assert ended.err == f"camscan: {path}: left out: in fragments that are not all there 1\n"
    assert IP in pieces[0]


@pytest.mark.parametrize("length", [0, 13])
def test_what_follows_a_block_that_cannot_be_read_is_counted(tmp_path: Path, length: int) -> None:
    path = write(tmp_path / "file.pcapng", framed(ASKED), ng=True)
    path.write_bytes(path.read_bytes() + struct.pack("<II", 6, length) + bytes(200))
    found, left_out = read_file(path)
    assert [r.data for r in found] == [SADP]
    assert left_out in (["all that follows a block that cannot be read"], ["the file ends within a packet"])


def test_nobody_has_the_address_of_everybody(tmp_path: Path) -> None:
    assert replies(tmp_path, [udp(SADP, ("255.255.255.255", 37020), (CLIENT, 37020))]) == []


def test_a_checksum_after_each_frame_is_no_other_link_layer(tmp_path: Path) -> None:
    path = write(tmp_path / "file.pcap", framed(ASKED))
    data = bytearray(path.read_bytes())
    data[20:24] = struct.pack("<I", 0xF4000001)
    path.write_bytes(data)
    assert [r.data for r in read_file(path)[0]] == [SADP]
