"""The two forms of HTTP request that camscan can write: a GET of a page, and a POST of one fixed question.

No credential, no cookie. One request a connection, but for a POST that another of the same dialogue follows. Follows
RFC 9112; `{path}` and `{host}` are filled in at sending.
"""

from camscan.probe import Purpose, Request
from camscan.protocols.http_message import is_complete

_CALLER = "Host: {host}\r\nUser-Agent: camscan\r\n"
_HEAD = f"{_CALLER}Connection: close\r\n"


def get(name: str, path: str = "", *, protocol: str | None = None, accept: str = "*/*", times: int = 1) -> Request:
    """A GET whose reply the decoder of `protocol` reads (None: that of the protocol that asks)."""
    head = f"GET {{path}} HTTP/1.1\r\n{_HEAD}Accept: {accept}\r\n\r\n"
    return Request(
        name=name, payload=head.encode("ascii"), protocol=protocol, path=path, complete=is_complete, times=times
    )


def post(
    name: str,
    path: str,
    body: bytes,
    content_type: str,
    *,
    protocol: str,
    purpose: Purpose = "question",
    headers: str = "",
    keep: bool = False,
) -> Request:
    """A POST of this body. `headers` are more header lines, each with its end. `keep` lets the device leave the
    connection open for the next one (RFC 9112, 9.3)."""
    head = f"POST {{path}} HTTP/1.1\r\n{_CALLER if keep else _HEAD}"
    head += f"{headers}Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return Request(
        name=name,
        payload=head.encode("ascii") + body,
        purpose=purpose,
        protocol=protocol,
        path=path,
        complete=is_complete,
    )
