"""Names → addresses by the system's resolver: the one question that leaves before a scope exists."""

import re
import socket
from pathlib import Path

from camscan.errors import UsageError

CONFIGURATION = Path("/etc/resolv.conf")
_NAMESERVER = re.compile(r"^\s*nameserver\s+(\S+)", re.MULTILINE)


def resolve(name: str) -> tuple[str, ...]:
    """Every address of a host name, in the resolver's order. Raises `UsageError` where it has none."""
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise UsageError(f"{name!r} does not resolve: {reason}") from None
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def resolver_addresses(configuration: Path = CONFIGURATION) -> tuple[str, ...]:
    """Who would be asked, as resolv.conf(5) says; none where it cannot be read."""
    try:
        text = configuration.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ()
    return tuple(dict.fromkeys(_NAMESERVER.findall(text)))
