"""FTP on TCP 21: the greeting is read, nothing is sent.

Many cameras and printers name maker, model and firmware in it. Public source: RFC 959, section 4.2 (a reply is three
digits and a line; a hyphen after the digits says that more lines follow).
"""

import re

from camscan.errors import DecodeError
from camscan.probe import Dialogue, Endpoint, Protocol, Request, Tcp
from camscan.protocols.banner import BANNER_LIMIT, LISTEN_SECONDS, read_greeting
from camscan.protocols.gather import gather
from camscan.reply import Fields

PORT = 21

_LAST_LINE = re.compile(rb"(?:\A|\n)\d{3} [^\n]*\n")
_CODE = re.compile(r"^(\d{3})(?:[ -]|$)")


def is_complete(data: bytes) -> bool:
    """Whether the last line of the greeting has come."""
    return _LAST_LINE.search(data) is not None


def decode(data: bytes) -> Fields:
    """A greeting → status (where the digits are there) and greeting, its lines joined by spaces."""
    lines = read_greeting(data).split("\n")
    if lines[0].startswith("SSH-"):
        raise DecodeError("SSH greets on the port of FTP")
    code = _CODE.match(lines[0])
    text = " ".join(_CODE.sub("", line, count=1).strip() for line in lines)
    return gather([("status", code[1] if code else None), ("greeting", text)])


GREETING = Request(name="greeting", payload=b"", complete=is_complete, limit=BANNER_LIMIT, seconds=LISTEN_SECONDS)


def dialogue(endpoint: Endpoint) -> Dialogue:
    """Nothing is asked: the server greets."""
    yield GREETING


PROTOCOL = Protocol(
    name="ftp",
    title="FTP greeting",
    channel=Tcp(ports=(PORT,)),
    requests=(GREETING,),
    decode=decode,
    dialogue=dialogue,
)
