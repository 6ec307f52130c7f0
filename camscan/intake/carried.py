"""The web servers and video servers of a packet capture: what one turn with them holds, under which protocols.

As in a scan, a response over HTTP is recorded as it came, and its body also under the protocol that the path belongs
to, where it reads as that and the endpoint does not say the same to another path. Only the path of a question is kept,
for a query may hold a password. Of pictures and streams the head is kept and no more.
"""

import re
from collections.abc import Iterator
from hashlib import sha256

from camscan.intake.connections import Turn
from camscan.intake.imported import whole_lines
from camscan.intake.packets import End
from camscan.intake.recent import Recent
from camscan.intake.spoken import protocol_of
from camscan.probe import OverHttp
from camscan.protocols import http, http_message, rtsp, upnp
from camscan.protocols.reading import read
from camscan.protocols.registry import load_protocols

ENDPOINTS_LIMIT = 4096  # whose bodies are remembered
BODIES_LIMIT = 16  # of one endpoint
REPLIES_LIMIT = 16  # of one turn: a client that does not wait for the answer before its next question sends a few
PATH_SHOWN = 80  # characters

Said = tuple[str, str, bytes]
"""Protocol, what was asked, and the bytes."""

_QUESTION = re.compile(rb"([A-Z_]{3,16}) (\S{1,2048}) (?:HTTP|RTSP)/\d")
_AUTHORITY = re.compile(r"rtspu?://[^/]*", re.IGNORECASE)
_HEAD = re.compile(rb".*?\r?\n\r?\n", re.DOTALL)
_PICTURES = ("image/jpeg", "video/", "audio/", "multipart/")
_NEXT = (b"HTTP/", b"RTSP/", b"$")  # the last begins a frame of a stream that is sent between RTSP replies
_UPNP = b"urn:schemas-upnp-org:device-1-0"


class WebReplies:
    """Reads what servers reply, and remembers which bodies each endpoint gave, and to which path."""

    def __init__(self) -> None:
        over_http = (p for p in load_protocols().values() if isinstance(p.channel, OverHttp))
        self._names = {_plain(r.path): p.name for p in over_http for r in p.requests}
        self._bodies: Recent[End, Recent[bytes, str]] = Recent(ENDPOINTS_LIMIT)

    def read(self, turn: Turn) -> Iterator[Said]:
        """The replies of one turn. Nothing where a proxy passes on what others said."""
        method, target = _question(turn.asked)
        if method == "CONNECT" or target.lower().startswith(("http:", "https:")):
            return
        path, rest = _plain(_AUTHORITY.sub("", target)), turn.data
        for _ in range(REPLIES_LIMIT):
            name = protocol_of(rest, "", None)
            if name not in (http.PROTOCOL.name, rtsp.PROTOCOL.name):
                return
            first, rest = _parted(rest)
            data = _worth_keeping(first, turn.is_over)
            request = f"{method} {path[:PATH_SHOWN]}".strip() or "nothing"
            yield name, request, data
            if name == http.PROTOCOL.name:
                yield from ((carried, request, body) for carried, body in self._carried(turn.server, path, data))
            method = path = ""  # of what came without being waited for

    def _carried(self, server: End, path: str, data: bytes) -> Iterator[tuple[str, bytes]]:
        """The body under the name of another protocol."""
        body = http_message.body_of(data)
        name = self._names.get(path) or (upnp.PROTOCOL.name if _UPNP in body else None)
        is_evidence = bool(body) and self._is_evidence(server, path, body)
        if name and is_evidence and read(load_protocols()[name], body).problem is None:
            yield name, body

    def _is_evidence(self, server: End, path: str, body: bytes) -> bool:
        """Whether the endpoint has not given the same body to another path, its own path in the text left aside."""
        bodies = self._bodies.get(server) or Recent(BODIES_LIMIT)
        self._bodies.add(server, bodies)
        mark = sha256(http_message.without_path(path, body)).digest()
        known = bodies.get(mark)
        bodies.add(mark, path if known is None else known)
        return known in (None, path)


def _parted(data: bytes) -> tuple[bytes, bytes]:
    """The first reply, and what begins another one or a stream; a body longer than it was announced stays whole."""
    first = http_message.first_reply(data)
    rest = data[len(first) :].lstrip(b"\r\n ")
    return (first, rest) if rest.startswith(_NEXT) else (data, b"")


def _question(asked: bytes) -> tuple[str, str]:
    """Method and target of a request line; '' where there is none."""
    found = _QUESTION.match(asked)
    return (found[1].decode("ascii"), found[2].decode("ascii", "replace")) if found else ("", "")


def _plain(path: str) -> str:
    """Without the query."""
    return path.partition("?")[0]


def _worth_keeping(data: bytes, is_over: bool) -> bytes:
    """The response; only its head where that says that a picture follows, or where the body may be cut."""
    head = _HEAD.match(data)
    is_whole = is_over or http_message.is_complete(data)
    if is_whole and not _content_type(data).startswith(_PICTURES):
        return data
    return head[0] if head else whole_lines(data)


def _content_type(data: bytes) -> str:
    message = http_message.message_in(data)
    return message.first("Content-Type").lower() if message else ""
