"""FTP, Telnet and SSH: a greeting is read and never answered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camscan.errors import DecodeError
from camscan.probe import Endpoint, Protocol
from camscan.protocols import ftp, ssh, telnet
from camscan.protocols.banner import read_greeting

PROTOCOLS = (ftp.PROTOCOL, telnet.PROTOCOL, ssh.PROTOCOL)
EVERY = pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda p: p.name)


@EVERY
def test_nothing_is_sent(protocol: Protocol) -> None:
    assert protocol.dialogue is not None
    asked = list(protocol.dialogue(Endpoint(address="192.0.2.1", port=21)))
    assert asked == list(protocol.requests)
    assert [request.payload for request in asked] == [b""]


@pytest.mark.parametrize(
    ("data", "status", "greeting"),
    [
        (b"220 AXIS M3045 ready.\r\n", ("220",), "AXIS M3045 ready."),
        (b"220-first\r\n220-second\r\n220 third\r\n", ("220",), "first second third"),
        (b"AXIS 2100 Network Camera 2.43 ready.\n", None, "AXIS 2100 Network Camera 2.43 ready."),
    ],
)
def test_ftp_greetings_lose_their_digits_and_nothing_else(
    data: bytes, status: tuple[str, ...] | None, greeting: str
) -> None:
    fields = ftp.decode(data)
    assert fields.get("status") == status
    assert fields["greeting"] == (greeting,)


def test_an_ftp_greeting_is_whole_with_its_last_line() -> None:
    assert not ftp.is_complete(b"220-first\r\n220-second\r\n")
    assert ftp.is_complete(b"220-first\r\n220 second\r\n")
    assert not ftp.is_complete(b"220 not yet")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xff\xfd\x01\xff\xfb\x03login: ", b"login: "),
        (b"\xff\xfa\x18\x01\xff\xf0login: ", b"login: "),
        (b"\xff\xfa\x18 without an end", b""),
        (b"\xff\xf1login: \xff", b"login: "),
        (b"a\xff\xffb", b"a\xffb"),
    ],
)
def test_telnet_negotiation_is_taken_out(data: bytes, text: bytes) -> None:
    assert telnet.without_negotiation(data) == text


def test_a_telnet_prompt_is_the_last_line() -> None:
    data = b"\xff\xfd\x01Example Camera\r\r\n\r\ncamera login: "
    assert telnet.decode(data) == {"greeting": ("Example Camera camera login:",), "prompt": ("camera login:",)}
    assert telnet.is_complete(data)
    assert not telnet.is_complete(data[:-8])


def test_an_ssh_identification_is_found_after_other_lines() -> None:
    data = b"be welcome\r\nSSH-2.0-OpenSSH_9.2p1 Raspbian-5\r\n"
    expected = {"ssh_version": ("2.0",), "software": ("OpenSSH_9.2p1",), "comment": ("Raspbian-5",)}
    assert ssh.decode(data) == expected
    assert ssh.is_complete(data)
    assert not ssh.is_complete(data[:-2])


def test_an_ssh_software_is_read_without_its_prefix() -> None:
    assert ssh.decode(b"OpenSSH_7.9p1 Raspbian-10") == {"software": ("OpenSSH_7.9p1",), "comment": ("Raspbian-10",)}


@EVERY
@pytest.mark.parametrize("data", [b"", b"\r\n\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n", bytes(range(32)) * 4])
def test_what_greets_nobody_is_refused(protocol: Protocol, data: bytes) -> None:
    with pytest.raises(DecodeError):
        protocol.decode(data)


def test_ssh_on_the_port_of_ftp_is_refused() -> None:
    with pytest.raises(DecodeError):
        ftp.decode(b"SSH-2.0-dropbear\r\n")


def test_negotiation_without_text_is_refused() -> None:
    with pytest.raises(DecodeError, match="negotiation"):
        telnet.decode(b"\xff\xfd\x01\xff\xfd\x1f")


def test_an_endless_greeting_is_cut() -> None:
    assert len(read_greeting(b"x" * 1_000_000)) == 4096


@EVERY
@given(data=st.binary(max_size=200))
def test_hostile_bytes_raise_nothing_else(protocol: Protocol, data: bytes) -> None:
    try:
        fields = protocol.decode(data)
    except DecodeError:
        return
    assert all(values and all(values) for values in fields.values())
