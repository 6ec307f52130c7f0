"""A TCP port to ask from, that is ours alone meanwhile."""

import socket
from contextlib import ExitStack

from camscan.errors import NotPossibleError


def reserve_port(stack: ExitStack, address: str) -> int:
    """A TCP port of this machine that nobody else uses until the stack is closed; the kernel says reset to what comes
    to it. Raises `NotPossibleError`."""
    sock = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
    try:
        sock.bind((address, 0))
    except OSError as error:
        raise NotPossibleError(f"no port to ask from: {error.strerror}") from None
    return int(sock.getsockname()[1])
