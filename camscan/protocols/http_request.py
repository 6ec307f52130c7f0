"""The two forms of HTTP request that camscan can write: a GET of a page, and a POST of one fixed question.

No credential, no cookie, one request a connection. Follows RFC 9112; `{path}` and `{host}` are filled in at sending.
"""

from camscan.probe import Purpose, Request
from camscan.protocols.http_message import is_complete

_HEAD = "Host: {host}\r\nUser-Agent: camscan\r\nConnection: close\r\n"


def get(name: str, path: str = "", *, protocol: str | None = None, accept: str = "*/*", times: int = 1) -> Request:
    """A GET whose reply the decoder of `protocol` reads (None: that of the protocol that asks)."""
    head = f"GET {{path}} HTTP/1.1\r\n{_HEAD}Accept: {accept}\r\n\r\n"
    return Request(
        name=name, payload=head.encode("ascii"), protocol=protocol, path=path, complete=is_complete, times=times
    )


def post(
    name: str, path: str, body: bytes, content_type: str, *, protocol: str, purpose: Purpose = "question"
) -> Request:
    """A POST of this body."""
    head = f"POST {{path}} HTTP/1.1\r\n{_HEAD}Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return Request(
        name=name,
        payload=head.encode("ascii") + body,
        purpose=purpose,
        protocol=protocol,
        path=path,
        complete=is_complete,
    )
