"""RTSP on TCP 554 and 8554: OPTIONS, and at most two DESCRIBE, on one connection and without a credential.

Never SETUP or PLAY: no stream is taken. A 401 names the realm, which many cameras fill with their serial; a 200 carries
the session description. The two paths are the makers' own, and an answer to one is no evidence: only what it says is.
Public source: RFC 2326, RFC 8866 (SDP); field notes in `docs/protocols.md`.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from camscan.errors import DecodeError
from camscan.probe import Dialogue, Endpoint, Protocol, Request, Tcp
from camscan.protocols.challenge import read_challenges
from camscan.protocols.gather import gather
from camscan.protocols.http_message import Message, as_text, is_complete, parse
from camscan.reply import Fields

PORTS = (554, 8554)  # 8554 is where some recorders, and media servers beside them, listen

_TAIL = b"User-Agent: camscan\r\n\r\n"
OPTIONS = Request(
    name="options", payload=b"OPTIONS rtsp://{host}/ RTSP/1.0\r\nCSeq: 1\r\n" + _TAIL, complete=is_complete
)
DESCRIBE_HIKVISION = Request(
    name="describe channel 101",
    payload=b"DESCRIBE rtsp://{host}{path} RTSP/1.0\r\nCSeq: 2\r\nAccept: application/sdp\r\n" + _TAIL,
    path="/Streaming/Channels/101",
    complete=is_complete,
    reuse=True,
)
DESCRIBE_DAHUA = replace(
    DESCRIBE_HIKVISION,
    name="describe realmonitor",
    payload=DESCRIBE_HIKVISION.payload.replace(b"CSeq: 2", b"CSeq: 3"),
    path="/cam/realmonitor?channel=1&subtype=0",
)

_ANSWERED = (200, 401)  # the stream is described, or wants a log-in: another path would say no more
_HEADERS = {"server": "server", "public": "public", "content-base": "content_base"}
_TELLING = {"cseq", "www-authenticate", "session", "public", "transport", "rtp-info"}
_SDP_LINE = re.compile(r"^([a-z])=([^\r\n]*)", re.MULTILINE)
_SDP_FIELDS = {
    "v": "sdp_version",
    "m": "sdp_media",
    "s": "sdp_session",
    "e": "sdp_email",
    "b": "sdp_bandwidth",
    "a": "sdp_attribute",
    "o": "sdp_origin",
}
_PADDING = re.compile(rb"^(Date|Session):[ \t]{2,}(?=\S)", re.IGNORECASE | re.MULTILINE)
_MONTH_FIRST = re.compile(r"[A-Z][a-z]{2}, [A-Z][a-z]{2} \d{1,2} \d{4}\b")
_DAY_FIRST = re.compile(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4}\b")
_LONG_NUMBER = re.compile(r"\d{11,16}(?:;|$)")
_NOT_OF_THE_DEVICE = ("control:", "range:", "fmtp:")
"""SDP attributes that repeat the question or describe one stream; `range` is kept by its name only."""


def dialogue(endpoint: Endpoint) -> Dialogue:
    """OPTIONS; where that is answered in RTSP, DESCRIBE of one maker's path, then of the other's if it knows none."""
    reply = yield OPTIONS
    for request in (DESCRIBE_HIKVISION, DESCRIBE_DAHUA):
        if _status(reply) is None:
            return
        reply = yield request
        if _status(reply) in _ANSWERED:
            return


def _status(reply: bytes | None) -> int | None:
    """The status of an RTSP reply; None for silence and for anything else."""
    try:
        return _parse(reply or b"").status or None
    except DecodeError:
        return None


def _parse(data: bytes) -> Message:
    """A reply, or the header lines of one, as some recordings keep it. Another protocol's reply is refused."""
    message = parse(data)
    headless = not message.version and any(name.lower() in _TELLING for name, _ in message.headers)
    if message.version.upper().startswith("RTSP/") or headless:
        return message
    raise DecodeError(f"{message.version or 'no header'}, not RTSP")


def decode(data: bytes) -> Fields:
    """A reply → status, server, public, realm, auth_scheme, date_shape, session_shape, sdp_session, sdp_attribute …"""
    message = _parse(data)
    return gather([*_head(message), *_shapes(message, data), *_description(as_text(message.body))])


def _head(message: Message) -> Iterator[tuple[str, str]]:
    yield "status", str(message.status or "")
    yield "header_order", " ".join(name for name, _ in message.headers)
    for name, value in message.headers:
        if name.lower() in _HEADERS:
            yield _HEADERS[name.lower()], value
    yield from read_challenges(message.values("WWW-Authenticate"))


def _shapes(message: Message, data: bytes) -> Iterator[tuple[str, str]]:
    """How Date and Session are written: the values change, the handwriting does not."""
    padded = {match[1].lower() for match in _PADDING.finditer(data)}
    for date in message.values("Date"):
        yield "date_shape", ("padded " if b"date" in padded else "") + _date_shape(date)
    for session in message.values("Session"):
        yield "session_shape", "padded" if b"session" in padded else _session_shape(session)


def _session_shape(session: str) -> str:
    return "long number" if _LONG_NUMBER.match(session) else "plain"


def _date_shape(date: str) -> str:
    if _MONTH_FIRST.match(date):
        return "month-first"
    return "day-first" if _DAY_FIRST.match(date) else "other"


def _description(body: str) -> Iterator[tuple[str, str]]:
    """The lines of an SDP body that tell whose server wrote it."""
    for kind, value in _SDP_LINE.findall(body):
        if kind == "a" and value.startswith(_NOT_OF_THE_DEVICE):
            value = value.partition(":")[0]
        if kind == "o":
            value = _origin_shape(value)
        if kind in _SDP_FIELDS:
            yield _SDP_FIELDS[kind], value


def _origin_shape(origin: str) -> str:
    """Session id and version are clocks: kept is whether they are the same, and how many digits the id has."""
    parts = origin.split()
    if len(parts) < 3:
        return "other"
    return f"{'same' if parts[1] == parts[2] else 'different'} {len(parts[1])}"


PROTOCOL = Protocol(
    name="rtsp",
    title="RTSP",
    channel=Tcp(ports=PORTS),
    requests=(OPTIONS, DESCRIBE_HIKVISION, DESCRIBE_DAHUA),
    decode=decode,
    dialogue=dialogue,
    volatile=(
        re.compile(rb"^[ \t]*(?:CSeq|Date|Expires|Session|RTP-Info):[^\r\n]*", re.IGNORECASE | re.MULTILINE),
        re.compile(rb'\b(?:nonce|opaque|random)\s*=\s*"?[^",\r\n]*', re.IGNORECASE),
        re.compile(rb"^o=[^\r\n]*", re.MULTILINE),
    ),
)
