"""Under which protocols one exchange over TCP is recorded: as it came, and what its body is worth.

An HTTP response is a reply of HTTP; where its body reads as what was asked for, it is a reply of that protocol too,
unless the endpoint says as much to any path.
"""

from collections.abc import Iterator, Mapping

from camscan.discover.web import Web
from camscan.probe import Announced, OverHttp, Protocol
from camscan.protocols.http_message import body_of
from camscan.protocols.reading import read
from camscan.transport.tcp import Exchange

CARRIER = "http"


def readings(name: str, exchange: Exchange, web: Web, protocols: Mapping[str, Protocol]) -> Iterator[tuple[str, bytes]]:
    """(protocol, bytes) of each reply that an exchange of the dialogue `name` with this endpoint is."""
    if not exchange.data:
        return
    protocol = protocols[exchange.request.protocol or name]
    if not isinstance(protocol.channel, OverHttp | Announced):
        yield protocol.name, exchange.data
        return
    yield CARRIER, exchange.data
    body = body_of(exchange.data)
    if body and web.is_evidence(exchange.request.path, body) and read(protocol, body).problem is None:
        yield protocol.name, body
