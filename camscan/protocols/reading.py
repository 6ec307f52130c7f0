"""The one way in which the rest of camscan reads bytes with a codec: whatever a reply holds, it costs that reply only.

A codec raises `DecodeError` for bytes that are not what it reads. Anything else it raises is a mistake of ours that
some device has found; the reply is kept with that as the reason, and the scan goes on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from camscan.errors import DecodeError, QuestionError
from camscan.probe import Protocol
from camscan.reply import Fields

LATEST = 16  # readings remembered: turns, hosts and identification ask for the same one after another


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a codec made of some bytes: the fields, or why there are none. `question`: well formed, but no answer."""

    fields: Fields
    problem: str | None = None
    question: bool = False


def read(protocol: Protocol, data: bytes) -> Reading:
    """The reading of these bytes. Never raises."""
    return _read(protocol.name, protocol.decode, data)


@lru_cache(maxsize=LATEST)
def _read(name: str, decode: Callable[[bytes], Fields], data: bytes) -> Reading:
    try:
        return Reading(fields=decode(data))
    except QuestionError as error:
        return Reading(fields={}, problem=str(error), question=True)
    except DecodeError as error:
        return Reading(fields={}, problem=str(error))
    except Exception as error:
        return Reading(fields={}, problem=f"a mistake in camscan's {name} codec: {type(error).__name__}")
