"""Holds a dialogue to its protocol's table of requests: nothing else is sent, whatever the code of a codec does."""

from collections import Counter
from collections.abc import Iterable

from camscan.probe import Dialogue, Request


def held(dialogue: Dialogue, requests: Iterable[Request]) -> Dialogue:
    """The same dialogue, which may ask these requests only, each as often as it says.

    Raises `ValueError` before any other leaves; a transport takes that for a mistake of the dialogue, which ends it.
    """
    left = Counter({_key(request): request.times for request in requests})
    data: bytes | None = None
    try:
        while True:
            request = dialogue.send(data)
            if left[_key(request)] <= 0:
                raise ValueError(f"{request.name!r} is no request that may be sent, or not again")
            left[_key(request)] -= 1
            data = yield request
    except StopIteration:
        return
    finally:
        dialogue.close()


def _key(request: Request) -> tuple[str, str, bytes]:
    """What makes a request the one in the table; its path is filled in later."""
    return request.name, request.purpose, request.payload
