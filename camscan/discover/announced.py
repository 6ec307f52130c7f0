"""What a reply announces about its own sender: ports and description pages worth asking, inside the scope.

A reply may name another address than the one it came from; that is evidence of a conflict, never a reason to send a
packet there. So only ports and paths on the sender's own address are taken.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from camscan.discover.hint import Hint
from camscan.reply import Fields, Reply

_SDK = {"sadp": "hik_sdk", "dhdiscover": "dvrip"}  # whose own port the vendor's discovery reply announces
_PORTS = {"http_port": ("http", False), "https_port": ("http", True), "rtsp_port": ("rtsp", False)}
_URLS = {"xaddr": "http", "location": "upnp"}
READ_ONLY_PORT = 8000  # the SDK port of one maker: read, never written, whatever is announced there
READ_ONLY_PROTOCOL = "hik_sdk"
OTHER_PEOPLES = frozenset(
    {9, 19, 21, 22, 23, 25, 53, 102, 110, 139, 143, 445, 502, 515, 631, 873, 1883, 3389, 9100, 20000, 44818}
)
"""Ports of printers, plant controllers, mail and shells: no web page is served there, whatever a reply announces."""


def announced(reply: Reply, fields: Fields) -> Iterator[Hint]:
    """The hints of one reply about its own sender; the SDK port of one maker is left to its own protocol."""
    hints = _hints(reply, fields)
    return (h for h in hints if may_be_asked(h))


def may_be_asked(hint: Hint) -> bool:
    """Whether an announced endpoint may be spoken to. The SDK port of one maker is read and never written."""
    own = hint.port != READ_ONLY_PORT or hint.protocol == READ_ONLY_PROTOCOL
    return own and hint.port not in OTHER_PEOPLES


def _hints(reply: Reply, fields: Fields) -> Iterator[Hint]:
    for name, (protocol, tls) in _PORTS.items():
        yield from (Hint(protocol=protocol, port=p, tls=tls) for p in _ports(fields, name))
    if reply.protocol in _SDK:
        yield from (Hint(protocol=_SDK[reply.protocol], port=p) for p in _ports(fields, "sdk_port"))
    if reply.transport == "udp":
        for name, protocol in _URLS.items():
            yield from (hint for url in fields.get(name, ()) if (hint := _from_url(url, protocol, reply.address)))


def _ports(fields: Fields, name: str) -> Iterator[int]:
    values = (v for v in fields.get(name, ()) if v.isascii() and v.isdigit() and len(v) <= 5)
    return (int(v) for v in values if 0 < int(v) < 65536)


def _from_url(url: str, protocol: str, sender: str) -> Hint | None:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or parts.hostname != sender:
        return None
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return Hint(protocol=protocol, port=port, tls=parts.scheme == "https", path=path if protocol == "upnp" else "")
