"""Telnet on TCP 23: what is shown before anybody logs in; nothing is sent, not even an answer to the negotiation.

An open Telnet port on a camera is a finding by itself; the prompt sometimes names the maker. Public source: RFC 854
and RFC 855 (IAC commands and sub-negotiation).
"""

import re

from camscan.errors import DecodeError
from camscan.probe import Dialogue, Endpoint, Protocol, Request, Tcp
from camscan.protocols.banner import BANNER_LIMIT, LISTEN_SECONDS, read_greeting
from camscan.protocols.gather import gather
from camscan.reply import Fields

PORT = 23

_COMMAND = re.compile(rb"\xff(?:[\xfb-\xfe].?|\xfa.*?(?:\xff\xf0|\Z)|[^\xfa-\xfe]|\Z)", re.DOTALL)
_ESCAPED = b"\xff\xff"
_PROMPT = re.compile(rb"[:>#$?]\s*\Z")


def without_negotiation(data: bytes) -> bytes:
    """The text of a Telnet stream: IAC commands taken out, a doubled 0xff made one."""
    return _COMMAND.sub(lambda found: b"\xff" if found[0] == _ESCAPED else b"", data[:BANNER_LIMIT])


def is_complete(data: bytes) -> bool:
    """Whether a prompt stands at the end, so that the server now waits for us."""
    return _PROMPT.search(without_negotiation(data)[-16:]) is not None


def decode(data: bytes) -> Fields:
    """Everything before the log-in → greeting (lines joined by spaces) and prompt (the last line)."""
    text = without_negotiation(data)
    if not text.strip(b"\0 \r\n") and data:
        raise DecodeError("negotiation, but no text")
    lines = read_greeting(text).split("\n")
    return gather([("greeting", " ".join(lines)), ("prompt", lines[-1])])


PROMPT = Request(name="prompt", payload=b"", complete=is_complete, limit=BANNER_LIMIT, seconds=LISTEN_SECONDS)


def dialogue(endpoint: Endpoint) -> Dialogue:
    """Nothing is asked: the server shows its prompt."""
    yield PROMPT


PROTOCOL = Protocol(
    name="telnet",
    title="Telnet prompt",
    channel=Tcp(ports=(PORT,)),
    requests=(PROMPT,),
    decode=decode,
    dialogue=dialogue,
)
