"""SSDP, the search of UPnP: a question with HTTP headers on UDP 1900, answered with the address of a description.

A reply names a server, a unique name and a LOCATION; a description that lies on the sender itself may be asked for
(`upnp`). A farewell (`ssdp:byebye`) and another client's search are no answers. Public source: UPnP Device Architecture
1.1, section 1.
"""

import re

from camscan.errors import DecodeError, QuestionError
from camscan.probe import Protocol, Request, Udp
from camscan.protocols.gather import gather
from camscan.protocols.http_message import parse
from camscan.reply import Fields

PORT = 1900
GROUP = "239.255.255.250"
WAIT = 1  # seconds within which devices spread their answers (MX), the least that the source allows


def _search(target: str) -> Request:
    lines = (
        "M-SEARCH * HTTP/1.1",
        f"HOST: {GROUP}:{PORT}",
        'MAN: "ssdp:discover"',
        f"MX: {WAIT}",
        f"ST: {target}",
        "",
        "",
    )
    return Request(name=f"M-SEARCH {target}", payload="\r\n".join(lines).encode("ascii"))


_FIELDS = {
    "server": "server",
    "location": "location",
    "st": "st",
    "nt": "st",
    "usn": "usn",
    "nts": "nts",
    "x-user-agent": "user_agent",
}
_UUID = re.compile(r"uuid:([^:\s]+)", re.IGNORECASE)


def decode(data: bytes) -> Fields:
    """A search response or a NOTIFY → server, location, st, usn, uuid, nts, user_agent."""
    start, _, headers = data.lstrip().partition(b"\n")
    verb = start.partition(b" ")[0].upper()
    if verb == b"M-SEARCH":
        raise QuestionError("a question, not an answer")
    message = parse(headers if verb == b"NOTIFY" else data)
    if message.status not in (0, 200):
        raise DecodeError(f"status {message.status}")
    if message.first("NTS").lower() == "ssdp:byebye":
        raise QuestionError("ssdp:byebye: the device is leaving")
    known = [(_FIELDS[name.lower()], value) for name, value in message.headers if name.lower() in _FIELDS]
    uuids = [("uuid", found[1]) for name, value in known if name == "usn" and (found := _UUID.match(value))]
    fields = gather([*known, *uuids])
    if not fields:
        raise DecodeError("no header of SSDP")
    return fields


PROTOCOL = Protocol(
    name="ssdp",
    title="SSDP (UPnP)",
    channel=Udp(port=PORT, group=GROUP, spread=WAIT, reply_size=4000),
    requests=(_search("ssdp:all"), _search("upnp:rootdevice")),
    decode=decode,
    volatile=(
        re.compile(rb"^date[ \t]*:[^\r\n]*", re.IGNORECASE | re.MULTILINE),
        re.compile(rb"^(?:01-nls|bootid\.upnp\.org)[ \t]*:[^\r\n]*", re.IGNORECASE | re.MULTILINE),
    ),
)
