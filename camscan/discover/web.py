"""What one HTTP endpoint showed of itself before it is asked anything special.

A path that nobody knows is asked first. An endpoint that answers it as if it were there answers to every path, so a
reply that says the same again is no evidence. One that only redirects is a signpost, not the device's own pages.
"""

from dataclasses import dataclass

from camscan.probe import Endpoint
from camscan.protocols import http
from camscan.protocols.http_message import message_in, without_path
from camscan.transport.tcp import Exchange
from camscan.transport.tls import Handshake


@dataclass(slots=True, kw_only=True)
class Web:
    """One endpoint: how it shook hands, whether it speaks HTTP, what it says to a path that is not there, whether its
    root redirects."""

    endpoint: Endpoint
    handshake: Handshake | None = None
    speaks: bool = False
    says_to_anything: bytes | None = None
    redirects: bool = False

    def note(self, exchange: Exchange) -> None:
        """Learn from one turn of the HTTP dialogue."""
        message = message_in(exchange.data)
        if message is None or not message.status or not message.version.startswith("HTTP"):
            return
        self.speaks = True
        if exchange.request.name == http.RANDOM_PATH.name and 200 <= message.status < 300:
            self.says_to_anything = without_path(exchange.request.path, message.body)
        if exchange.request.name == http.ROOT.name:
            self.redirects = 300 <= message.status < 400

    def is_evidence(self, path: str, body: bytes) -> bool:
        """Whether a body says more than the endpoint says to any path, its own path in the text left aside."""
        return self.says_to_anything is None or without_path(path, body) != self.says_to_anything
