"""Hikvision device SDK on TCP 8000: the greeting is read, never a byte written.

The device sends 16 bytes by itself: a length, a code twice, and zero, all big endian. Other makers use the port for
ONVIF or the web and send nothing. Public source: the greetings as public service scanners record them on an empty
connection (code 30) and after bytes the device does not understand (code 13).
"""

import struct

from camscan.errors import DecodeError
from camscan.probe import Dialogue, Endpoint, Protocol, Request, Tcp
from camscan.reply import Fields

PORT = 8000
GREETING_SIZE = 16
LISTEN_SECONDS = 3.0  # the greeting comes within one; longer means that the port speaks something else

_GREETING = struct.Struct("!IIII")
_CODE_LIMIT = 0xFF  # codes seen are 13 and 30; a larger number is somebody else's protocol


def is_complete(data: bytes) -> bool:
    """Whether the greeting is whole."""
    return len(data) >= GREETING_SIZE


def decode(data: bytes) -> Fields:
    """A greeting → sdk_code. Bytes of another shape or length are not one."""
    if len(data) != GREETING_SIZE:
        raise DecodeError(f"{len(data)} bytes, not the {GREETING_SIZE} of a greeting")
    length, code, again, zero = _GREETING.unpack(data)
    if length != GREETING_SIZE or code != again or zero or not 0 < code <= _CODE_LIMIT:
        raise DecodeError("not a greeting of the device SDK")
    return {"sdk_code": (str(code),)}


LISTEN = Request(name="listen", payload=b"", complete=is_complete, limit=GREETING_SIZE, seconds=LISTEN_SECONDS)


def dialogue(endpoint: Endpoint) -> Dialogue:
    """Nothing is asked: the device greets."""
    yield LISTEN


PROTOCOL = Protocol(
    name="hik_sdk",
    title="Hikvision device SDK greeting",
    channel=Tcp(ports=(PORT,)),
    requests=(LISTEN,),
    decode=decode,
    dialogue=dialogue,
)
