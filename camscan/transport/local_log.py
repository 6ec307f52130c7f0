"""Datagrams to a log service of this machine: a socket in its file system, never a network.

journald(8) and every syslog daemon listen there. One that is restarted is found again; one that is stuck costs no more
than a moment a line.
"""

import socket
from pathlib import Path

SECONDS = 1.0  # that one line may take; a service that keeps up takes none


class LocalLog:
    """A connected socket. Raises `OSError` where nobody listens."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._socket = self._connected()

    def _connected(self) -> socket.socket:
        made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            made.settimeout(SECONDS)
            made.connect(str(self._path))
        except BaseException:
            made.close()
            raise
        return made

    def send(self, data: bytes) -> None:
        """One entry. Raises `OSError` where it cannot be had rid of, also by a new connection."""
        try:
            self._socket.send(data)
        except (ConnectionError, FileNotFoundError):
            self._socket.close()
            self._socket = self._connected()
            self._socket.send(data)

    def close(self) -> None:
        """Ends it."""
        self._socket.close()
