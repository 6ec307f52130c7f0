"""Servers on loopback that take messages, and the files that name them."""

import email
import email.policy
import json
import socket
import threading
from collections.abc import Callable
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class MailServer:
    """Takes mail on loopback; the first `refusals` messages it refuses for now."""

    def __init__(self, port: int = 0, refusals: int = 0) -> None:
        self.taken: list[EmailMessage] = []
        self.refusals = refusals
        self.port = port or free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refusals:
            self.refusals -= 1
            return "451 not now"
        content = envelope.content
        assert isinstance(content, bytes)
        read: Any = email.message_from_bytes(content, policy=email.policy.default)
        self.taken.append(read)
        return "250 taken"

    @property
    def url(self) -> str:
        return f"mailto://127.0.0.1:{self.port}?from=camscan@town.example&to=it@town.example"

    def stop(self) -> None:
        self._controller.stop()


class Webhook:
    """An HTTP server on loopback that answers with these codes, one after the other, then with 200."""

    def __init__(self, *codes: int) -> None:
        self.heard: list[tuple[str | None, dict[str, Any]]] = []
        answers = iter(codes)
        outer = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.heard.append((self.headers["Idempotency-Key"], document))
                self.send_response(next(answers, 200))
                self.send_header("Location", f"http://127.0.0.1:{outer.port}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *given: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Answering)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.port}/hook"

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


Serving = Callable[[Any], Any]
"""Keeps a server, to stop it when the test is over."""


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def nobody() -> MailServer:
    """A mail server that is down."""
    down = MailServer()
    down.stop()
    return down


def targets(folder: Path, **urls: str) -> Path:
    """A file of targets, for its owner alone."""
    path = folder / "notify.toml"
    path.write_text("".join(f'[[notify]]\nname = "{name}"\nurl = "{url}"\n' for name, url in urls.items()))
    path.chmod(0o600)
    return path
