"""Multicast DNS: one datagram of questions, and answers of cameras, printers, reflectors and nobody."""

import subprocess
import sys
from typing import Any

import pytest
from zeroconf import (  # type: ignore[attr-defined]  # public, but missing in its __all__
    DNSAddress,
    DNSIncoming,
    DNSOutgoing,
    DNSPointer,
    DNSService,
    DNSText,
)

from camscan.errors import DecodeError
from camscan.protocols.mdns import BROWSE, DATAGRAM_LIMIT, PROTOCOL, decode
from tests.capture_rig import capture

ANSWER = 0x8400


def test_the_question_is_what_a_dns_library_reads_from_it() -> None:
    assert PROTOCOL.requests == (BROWSE,)
    message = DNSIncoming(BROWSE.payload)
    assert message.valid
    assert message.is_query()
    assert [question.name for question in message.questions] == [
        "_services._dns-sd._udp.local.",
        "_http._tcp.local.",
        "_rtsp._tcp.local.",
        "_onvif._tcp.local.",
        "_psia._tcp.local.",
        "_CGI._tcp.local.",
        "_axis-video._tcp.local.",
    ]
    assert {question.type for question in message.questions} == {12}
    assert all(question.unicast for question in message.questions)


def packet(*records: Any, flags: int = ANSWER) -> bytes:
    message = DNSOutgoing(flags)
    for record in records:
        message.add_answer_at_time(record, 0)
    (data,) = message.packets()
    return bytes(data)


def test_the_list_of_services_names_types_only() -> None:
    data = packet(
        *(DNSPointer("_services._dns-sd._udp.local.", 12, 1, 9, t) for t in ("_ipp._tcp.local.", "_x._udp.local."))
    )
    assert decode(data) == {"service": ("_ipp._tcp", "_x._udp")}


def test_text_keys_are_read_by_any_spelling_and_other_bytes_are_not_trusted() -> None:
    text = b"".join(
        bytes([len(e)]) + e for e in (b"Model=M1", b"macAddress=00408C001122", b"junk", b"sn=\xff\xfe", b"")
    )
    fields = decode(packet(DNSText("Yard._http._tcp.local.", 16, 1, 9, text + b"\xffcut")))
    assert fields["model"] == ("M1",)
    assert fields["mac"] == ("00408C001122",)
    assert fields["serial"] == ("\ufffd\ufffd",)
    assert fields["instance"] == ("Yard",)


def test_ports_and_addresses() -> None:
    fields = decode(
        packet(
            DNSService("Yard._rtsp._tcp.local.", 33, 1, 9, 0, 0, 8554, "cam.local."),
            DNSService("Yard._http._tcp.local.", 33, 1, 9, 0, 0, 88, "cam.local."),
            DNSAddress("cam.local.", 28, 1, 9, bytes.fromhex("fe80000000000000464700fffe001122")),
        )
    )
    assert (fields["rtsp_port"], fields["http_port"], fields["host"]) == (("8554",), ("88",), ("cam.local",))
    assert fields["address6"] == ("fe80::4647:ff:fe00:1122",)


def test_a_reply_about_several_hosts_names_no_instance() -> None:
    fields = decode(
        packet(
            DNSService("HIKVISION DS-1 - K1._http._tcp.local.", 33, 1, 9, 0, 0, 80, "a.local."),
            DNSService("AXIS M1 - 00408C001122._http._tcp.local.", 33, 1, 9, 0, 0, 80, "b.local."),
        )
    )
    assert fields == {"service": ("_http._tcp",)}


@pytest.mark.parametrize(
    "other",
    [
        b"",
        b"\0" * 5,
        BROWSE.payload,
        packet(DNSPointer("_http._tcp.local.", 12, 1, 9, "Yard._http._tcp.local."), flags=0),
        packet(),
        packet(DNSPointer("1.2.0.192.in-addr.arpa.", 12, 1, 9, "host.local.")),
        ANSWER.to_bytes(4, "big") + b"\0\0\xff\xff\0\0\0\0" + b"\xc0\x0c" * 500,
        b"\0" * (DATAGRAM_LIMIT + 1),
    ],
    ids=lambda data: f"{data[:6].hex()}+{len(data)}",
)
def test_what_is_no_answer_is_refused(other: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(other)


def test_a_cut_datagram_never_breaks_the_decoder() -> None:
    data = capture("mdns", "hikvision_DS-2CD2143G2-I_unknown")
    whole = decode(data)
    for end in range(len(data)):
        try:
            part = decode(data[:end])
        except DecodeError:
            continue
        assert set(part) <= set(whole)


def test_the_library_is_not_loaded_before_the_first_reply() -> None:
    code = "import sys, camscan.protocols.mdns; sys.exit('zeroconf' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
