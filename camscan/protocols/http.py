"""HTTP as a fingerprint sees it: headers as spelled, the challenge of a 401, title, redirect, text, favicon.

Only GET, without credentials, for pages a browser would open: a path no device knows first (some answer 200 to any),
then `/`, the pages it leads to on the same host and port, and `/favicon.ico`. What is claimed rests on content, never
on a path having answered. Follows RFC 9110 and RFC 9112; the favicon hash is the one Shodan documents.
"""

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import mmh3

from camscan.errors import DecodeError
from camscan.probe import Dialogue, Endpoint, Protocol, Tcp
from camscan.protocols import page, volatile
from camscan.protocols.challenge import read_challenges
from camscan.protocols.gather import gather
from camscan.protocols.http_message import Message, as_text, is_complete, parse
from camscan.protocols.http_request import get
from camscan.reply import Fields

PORTS = (80, 81, 82, 88, 5000, 8080, 8086, 8899, 9000, 49152)
TLS_PORTS = (443, 8443)
REDIRECTS = 3  # pages followed from `/`: the longest way to a login page seen has two steps

RANDOM_PATH = get("random path")
ROOT = get("root", "/")
PAGE = get("page", times=REDIRECTS)
FAVICON = get("favicon", "/favicon.ico")

_HEADERS = {
    "server": "server",
    "location": "location",
    "refresh": "refresh",
    "content-type": "content_type",
    "p3p": "p3p",
    "user-agent": "user_agent",
    "x-powered-by": "powered_by",
}
_COOKIE = re.compile(r"\s*([^=;\s]{1,64})\s*=")
_IMAGE = re.compile(rb"\x00\x00\x01\x00|\x89PNG|GIF8|\xff\xd8\xff|BM.{4}\x00{4}", re.DOTALL)


def dialogue(endpoint: Endpoint) -> Dialogue:
    """A path no device knows, the root, the pages it leads to, the favicon; stops where the root is silent."""
    yield replace(RANDOM_PATH, path=f"/{endpoint.token}")
    reply = yield ROOT
    if reply is None:
        return
    asked = ["/"]
    for _ in range(REDIRECTS):
        path = _next(endpoint, reply, asked)
        if path is None:
            break
        asked.append(path)
        reply = (yield replace(PAGE, path=path)) or b""
    yield FAVICON


def _next(endpoint: Endpoint, reply: bytes, asked: Sequence[str]) -> str | None:
    """The page that the reply to the last path asked leads to, if it has not been asked for yet."""
    try:
        message = parse(reply)
    except DecodeError:
        return None
    where = (*message.values("Location"), *page.targets(as_text(message.body)))
    paths = (page.next_path(endpoint, asked[-1], target) for target in where)
    return next((path for path in paths if path and path not in asked), None)


def decode(data: bytes) -> Fields:
    """A whole response → status, version, server, header_order, realm, title, body, favicon_md5 …"""
    message = parse(data)
    if message.version.startswith("RTSP"):
        raise DecodeError("RTSP, not HTTP")
    announced = message.first("Content-Length") or message.first("Transfer-Encoding")
    return gather([*_head(message), *_body(message.body, is_complete(data) or not announced)])


def _head(message: Message) -> Iterator[tuple[str, str]]:
    if message.status:
        yield "version", message.version
        yield "status", str(message.status)
    yield "header_order", " ".join(name for name, _ in message.headers)
    for name, value in message.headers:
        if name.lower() in _HEADERS:
            yield _HEADERS[name.lower()], value
    for value in message.values("Set-Cookie"):
        cookie = _COOKIE.match(value)
        yield "cookie", cookie[1] if cookie else ""
    yield from read_challenges(message.values("WWW-Authenticate"))


def _body(body: bytes, whole: bool) -> Iterator[tuple[str, str]]:
    """Hashes of an image, which must be `whole` (half an image has another hash); title and text of a page."""
    if _IMAGE.match(body):
        if whole:
            yield "favicon_md5", hashlib.md5(body, usedforsecurity=False).hexdigest()
            yield "favicon_mmh3", str(mmh3.hash(base64.encodebytes(body)))
    elif b"\0" not in body[:512]:
        text = as_text(body)
        yield "title", page.title(text)
        yield "body", text


PROTOCOL = Protocol(
    name="http",
    title="HTTP",
    channel=Tcp(ports=PORTS, tls_ports=TLS_PORTS),
    requests=(RANDOM_PATH, ROOT, PAGE, FAVICON),
    decode=decode,
    dialogue=dialogue,
    volatile=(
        re.compile(rb"^[ \t]*(?:Date|Expires|Last-Modified|Age|Content-Length):[^\r\n]*", re.IGNORECASE | re.MULTILINE),
        re.compile(rb"^[ \t]*Set-Cookie:[^\r\n]*", re.IGNORECASE | re.MULTILINE),
        re.compile(rb'\b(?:nonce|opaque)\s*=\s*"?[^",\r\n]*', re.IGNORECASE),
        volatile.SOAP,
        volatile.JSON_SESSION,
    ),
)
