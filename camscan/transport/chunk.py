"""The addresses of a sweep, some at a time: as many as are asked before the repeat.

An address is drawn when it is first asked and not before, so that a sweep cut short has drawn what it asked.
"""

from collections.abc import Iterator
from itertools import chain, islice


class Chunk:
    """Addresses that are read several times: drawn from `source` the first time, the same ones again afterwards."""

    def __init__(self, source: Iterator[str]) -> None:
        self._source = source
        self._drawn: list[str] = []

    def __iter__(self) -> Iterator[str]:
        yield from self._drawn
        for address in self._source:
            self._drawn.append(address)
            yield address


def chunks(source: Iterator[str], size: int) -> Iterator[Chunk]:
    """All of the source, `size` addresses at a time; each chunk is to be read to its end before the next is wanted."""
    for first in source:
        yield Chunk(chain([first], islice(source, size - 1)))
