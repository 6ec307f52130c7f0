"""Dahua's binary protocol on TCP 37777: one question for the log-in realm, a fixed packet without user or password.

The reply is a header of 32 bytes and the text `Realm:Login to …`, `Random:…`. Only this one packet can be built here;
the phase that would carry a credential cannot. Public source: the protocol as published with the open DahuaConsole
project; field notes in `docs/protocols.md`.
"""

import re
from collections.abc import Iterator

from camscan.errors import DecodeError
from camscan.probe import Dialogue, Endpoint, Protocol, Request, Tcp
from camscan.protocols.gather import gather
from camscan.reply import Fields

PORTS = (37777, 37778)  # the default, and the one beside it
HEADER_SIZE = 32
TEXT_LIMIT = 4096  # bytes; the text has under 100, the length field could say 65,535

_LOGIN_REPLY = 0xB0
_FLAVOUR = 0x08  # low half of byte 3: 0x68 and 0x78 are reported, and the high half is a version

_TEXT = re.compile(r"^(Realm|Random):[ \t]*(.*?)[ \t]*$", re.MULTILINE)


def is_complete(data: bytes) -> bool:
    """Whether header and announced text have come. The length is 16 bits; what follows it are flags."""
    return len(data) >= HEADER_SIZE and len(data) >= HEADER_SIZE + int.from_bytes(data[4:6], "little")


def decode(data: bytes) -> Fields:
    """A log-in reply → opcode, result, and where its text came along realm and random_shape.

    The text alone, as some recordings keep it, is read too.
    """
    if data.startswith(b"Realm:"):
        return gather(_text_pairs(data))
    if len(data) < HEADER_SIZE:
        raise DecodeError(f"{len(data)} bytes are no header of {HEADER_SIZE}")
    if data[0] != _LOGIN_REPLY or data[1:3] != b"\0\0" or data[3] & 0x0F != _FLAVOUR:
        raise DecodeError(f"{data[:4].hex()} does not begin a log-in reply")
    head = [("opcode", f"{data[0]:02x}"), ("result", data[8:10].hex())]
    return gather([*head, *_text_pairs(data[HEADER_SIZE:])])


def _text_pairs(data: bytes) -> Iterator[tuple[str, str]]:
    text = data[:TEXT_LIMIT].decode("latin-1").replace("\r", "\n")
    values = dict(_TEXT.findall(text))
    yield "realm", values.get("Realm", "")
    if values.get("Random"):
        yield "random_shape", "decimal" if values["Random"].isdecimal() else "other"


REALM_CHALLENGE = Request(
    name="realm challenge",
    payload=bytes.fromhex("a0010000" + "00" * 20 + "050201010000a1aa"),
    purpose="login challenge, no credential",
    complete=is_complete,
    limit=HEADER_SIZE + TEXT_LIMIT,
)


def dialogue(endpoint: Endpoint) -> Dialogue:
    """The one question."""
    yield REALM_CHALLENGE


PROTOCOL = Protocol(
    name="dvrip",
    title="Dahua DVRIP log-in challenge",
    channel=Tcp(ports=PORTS),
    requests=(REALM_CHALLENGE,),
    decode=decode,
    dialogue=dialogue,
    volatile=(re.compile(rb"\A\xb0.{31}", re.DOTALL), re.compile(rb"Random:[^\r\n]*")),
)
