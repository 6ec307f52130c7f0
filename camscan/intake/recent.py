"""A memory of the latest few: what a capture of any length may cost is bounded."""

from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Values by key, of the latest `limit` keys only."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values: dict[Key, Value] = {}

    def get(self, key: Key) -> Value | None:
        """The value of a key that is still known."""
        return self._values.get(key)

    def add(self, key: Key, value: Value) -> bool:
        """Remembers; whether the key was not known."""
        known = key in self._values
        self._values.pop(key, None)
        self._values[key] = value
        if len(self._values) > self._limit:
            del self._values[next(iter(self._values))]
        return not known
