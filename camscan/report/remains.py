"""Whether anything of the originals is left in what is to be written: the last check, which trusts nothing before it.

The rule: too much is refused rather than too little. Looked at are the bytes and the values that are read from them, in
every view. No original may stand there, whatever separates its characters, nor the end of a number; and what would be
replaced, were this an original, must be a stand-in.
"""

import re
from collections.abc import Callable, Collection, Iterator
from functools import cached_property
from ipaddress import ip_address

from camscan.reply import Fields
from camscan.report.literals import any_of
from camscan.report.private import Kind, Private, find
from camscan.report.spelling import EDGES, SURE, TAIL, is_telling, plain
from camscan.report.views import views

WORD = 4  # characters of a name's word that says by itself where the device is
_SEPARATORS = bytes(octet for octet in range(128) if not chr(octet).isalnum())
_SMALL = bytes(range(256)).lower()
_RUN = re.compile(r"[A-Za-z]+|[0-9]+|[^\W_0-9A-Za-z]+")
_QUAD = re.compile(
    rb"(?<![0-9])(?=([0-9]{1,3})[^0-9a-z]{1,3}([0-9]{1,3})[^0-9a-z]{1,3}([0-9]{1,3})[^0-9a-z]{1,3}([0-9]{1,3})(?![0-9]))"
)


def squeezed(data: bytes) -> bytes:
    """Letters and digits only, small."""
    return data.translate(_SMALL, _SEPARATORS)


class Remains:
    """What must not be left. `found`: the originals; `words`: those of their names; `stand_ins`: what may stand in the
    place of an original; `is_known`: whether a word is no owner's."""

    def __init__(
        self,
        found: Collection[Private],
        words: Collection[str],
        stand_ins: Collection[str],
        is_known: Callable[[str], bool],
    ) -> None:
        self._found = found
        self._words = words
        self._stand_ins = {text.casefold(): _squeezed(text) for text in stand_ins}
        self._is_known = is_known

    def allow(self, text: str) -> None:
        """One more stand-in."""
        self._stand_ins[text.casefold()] = _squeezed(text)

    def kinds(self, data: bytes, fields: Fields, said: str) -> Iterator[Kind]:
        """The kinds of what is left in a reply, the fields that its codec reads, and what else is said of it."""
        values = "\n".join((*(value for several in fields.values() for value in several), said))
        for text in (data, values.encode("utf-8", "replace")):
            for view, is_text in views(text, glued=True):
                yield from self._in(view, is_text)
        joined = b"\n".join(self._stand_ins.values())
        items = (*find(data, fields), *find(said.encode("utf-8", "replace"), {}))
        yield from (item.kind for item in items if self._is_strange(item, joined))

    def _in(self, view: bytes, is_text: bool) -> Iterator[Kind]:
        if self._keys:
            yield from (self._keys[match[0]] for match in self._anywhere.finditer(squeezed(view)))
        if is_text and self._whole:
            yield from (self._whole[match[0]] for match in self._bounded.finditer(view.lower()))
        if self._quads and any(tuple(map(int, quad)) in self._quads for quad in _QUAD.findall(view)):
            yield "address"

    def _is_strange(self, item: Private, joined: bytes) -> bool:
        """Whether something private is neither a stand-in nor a part of one of them, which are joined here."""
        if item.text.casefold() in self._stand_ins:
            return False
        if item.kind in ("address", "IPv6 address"):
            return True
        runs = _RUN.findall(item.text) if item.kind not in ("serial", "MAC", "UUID") else [item.text]
        return not all(self._is_known(run) or _is_short(run) or _squeezed(run) in joined for run in runs)

    @cached_property
    def _quads(self) -> frozenset[tuple[int, ...]]:
        texts = [item.text for item in self._found if item.kind == "address"]
        return frozenset(tuple(octets) for text in texts for octets in _both_ways(text))

    @cached_property
    def _keys(self) -> dict[bytes, Kind]:
        """What must stand nowhere, even amid other letters."""
        return {key: item.kind for item in self._found for key in _keys(item) if not _is_common(key)}

    @cached_property
    def _whole(self) -> dict[bytes, Kind]:
        """What must not stand by itself."""
        words: dict[bytes, Kind] = {word.lower().encode(): "name" for word in self._words}
        words |= {key: item.kind for item in self._found for key in _keys(item) if _is_common(key)}
        return words | {i.text.lower().encode(): i.kind for i in self._found if WORD <= len(i.text) < SURE}

    @cached_property
    def _anywhere(self) -> re.Pattern[bytes]:
        return re.compile(any_of(self._keys))

    @cached_property
    def _bounded(self) -> re.Pattern[bytes]:
        before, after = EDGES["word"]
        return re.compile(before + any_of(self._whole) + after)


def _is_common(key: bytes) -> bool:
    """Whether a few small numbers in a row may read the same."""
    return key.isdigit() and len(key) < SURE


def _is_short(run: str) -> bool:
    """Too short to say anything by itself; one sign of another script may be half of what was meant as two."""
    return len(run) < (WORD if run.isascii() else 2)


def _squeezed(text: str) -> bytes:
    return squeezed(text.encode("utf-8", "replace"))


def _both_ways(address: str) -> Iterator[list[int]]:
    octets = [int(octet) for octet in address.split(".")]
    yield from (octets, octets[::-1])


def _keys(item: Private) -> Iterator[bytes]:
    texts = [item.text]
    if item.kind == "MAC":
        digits = plain(item.text)
        texts = [digits, bytes.fromhex(digits)[::-1].hex(), str(int(digits, 16)), digits[-TAIL:]]
    elif item.kind == "serial" and len(item.text) >= SURE:
        texts.append(_squeezed(item.text)[-TAIL:].decode("utf-8", "replace"))
    elif item.kind == "address":
        texts = [ip_address(item.text).packed.hex(), str(int(ip_address(item.text)))]
    least = TAIL if item.kind in ("serial", "MAC") else SURE
    yield from (key for text in texts if len(key := _squeezed(text)) >= least and is_telling(text.lower()))
