"""What makes two replies one: the same said again by the same port, whatever clock, nonce or message id is in it."""

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache

from camscan.probe import Protocol
from camscan.protocols.reading import LATEST
from camscan.reply import Reply


def content_id(reply: Reply, protocols: Mapping[str, Protocol]) -> str:
    """A hash of what was said, by whom and over what, with what changes from reply to reply masked."""
    protocol = protocols.get(reply.protocol)
    return _hashed(f"{reply.address}|{reply.protocol}|{reply.port}|", reply.data, protocol.volatile if protocol else ())


@lru_cache(maxsize=LATEST)
def _hashed(head: str, data: bytes, volatile: tuple[re.Pattern[bytes], ...]) -> str:
    for pattern in volatile:
        data = pattern.sub(b"", data)
    return hashlib.sha256(head.encode() + data).hexdigest()[:16]
