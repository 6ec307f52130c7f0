"""SNMPv3 engine discovery on UDP 161: which SNMP engine is there, asked without a community, a user or a password.

One fixed message with an empty engine id, which every SNMPv3 agent answers with a report that names its own. Asked only
of hosts that something else has shown. No value is read and none is written: the message names no object. Messages of
other people, which may carry a community, are not kept. Public sources: RFC 3412, RFC 3414 section 4, RFC 3411
(SnmpEngineID).
"""

import re
from collections.abc import Iterator

from camscan.errors import DecodeError, QuestionError
from camscan.probe import Protocol, Request, Udp
from camscan.protocols.ber import INTEGER, OBJECT, OCTETS, SEQUENCE, Reader, encode, encode_integer
from camscan.protocols.gather import gather
from camscan.reply import Fields

PORT = 161
ANSWER_SIZE = 1472  # bytes of an answer that fits in one Ethernet frame; a report has a hundred

_VERSION = 3
_MESSAGE_ID = 0x43414D53  # the same in every message: an answer is told by its sender
_REPORTABLE, _USER_BASED = b"\x04", 3  # wants a report; no authentication, no privacy
_GET, _REPORT = 0xA0, 0xA8
_UNKNOWN_ENGINE = bytes.fromhex("2b060106030f01010400")  # usmStatsUnknownEngineIDs.0
_ENGINE_SIZES = range(5, 33)
_OWN_FORMAT = 0x80000000  # set where the rules of RFC 3411 are followed, of which byte 5 says which
_MAC_FORMAT = 3


def _question() -> bytes:
    """A GetRequest of nothing, to an engine whose id is not known."""
    none = encode(OCTETS)
    header = encode(
        SEQUENCE,
        encode_integer(_MESSAGE_ID),
        encode_integer(ANSWER_SIZE),
        encode(OCTETS, _REPORTABLE),
        encode_integer(_USER_BASED),
    )
    security = encode(SEQUENCE, none, encode_integer(0), encode_integer(0), none, none, none)
    request = encode(_GET, encode_integer(_MESSAGE_ID), encode_integer(0), encode_integer(0), encode(SEQUENCE))
    scoped = encode(SEQUENCE, none, none, request)
    return encode(SEQUENCE, encode_integer(_VERSION), header, encode(OCTETS, security), scoped)


DISCOVERY = Request(name="engine discovery", payload=_question())


def decode(data: bytes) -> Fields:
    """A report → engine_id (hexadecimal), engine_enterprise, engine_boots, and mac where the id carries one."""
    message = Reader(Reader(data).take(SEQUENCE))
    if message.integer() != _VERSION:
        raise QuestionError("SNMP of another version: somebody else's conversation")
    message.take(SEQUENCE)
    security = Reader(Reader(message.take(OCTETS)).take(SEQUENCE))
    engine, boots = security.take(OCTETS), security.integer()
    tag, scoped = message.next()
    if tag != SEQUENCE or _reported(Reader(scoped)) != _UNKNOWN_ENGINE:
        raise QuestionError("no report of an unknown engine id: somebody else's conversation")
    if len(engine) not in _ENGINE_SIZES:
        raise DecodeError(f"an engine id of {len(engine)} bytes")
    return gather([*_engine(engine), ("engine_boots", str(boots))])


def _reported(scoped: Reader) -> bytes:
    """The object whose count a report gives; empty for anything but a report."""
    scoped.take(OCTETS)
    scoped.take(OCTETS)
    tag, content = scoped.next()
    if tag != _REPORT:
        return b""
    report = Reader(content)
    for _ in range(3):
        report.take(INTEGER)
    return Reader(Reader(report.take(SEQUENCE)).take(SEQUENCE)).take(OBJECT)


def _engine(engine: bytes) -> Iterator[tuple[str, str]]:
    number = int.from_bytes(engine[:4], "big")
    yield "engine_id", engine.hex()
    yield "engine_enterprise", str(number & ~_OWN_FORMAT)
    if number & _OWN_FORMAT and engine[4] == _MAC_FORMAT and len(engine) == 11:
        yield "mac", engine[5:].hex(":")


PROTOCOL = Protocol(
    name="snmp_engine",
    title="SNMPv3 engine",
    channel=Udp(port=PORT, unicast=True, known_only=True, reply_size=200),
    requests=(DISCOVERY,),
    decode=decode,
    volatile=(
        re.compile(rb"\x02(?:\x01.|\x02.{2}|\x03.{3}|\x04.{4}|\x05.{5})(?=\x04)", re.DOTALL),  # the engine's clock
        re.compile(rb"(?<=\x01\x01\x04\x00\x41).{2,6}\Z", re.DOTALL),  # how often it has been asked
    ),
)
