"""Many texts replaced at once in some bytes, each by its stand-in; what is to be kept is stepped over.

The rule: the cost does not grow with what a device names. Only forms whose beginning stands in the bytes at all go into
the pattern, which is made once, and is a tree.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cached_property

from camscan.report.literals import any_of
from camscan.report.spelling import EDGES, Edge, Form, edge_of, recased

_GRAM = 4  # octets by which the bytes are known; a shorter form is looked for as it is
_ORDER: tuple[Edge, ...] = ("free", "digits", "number", "hex", "word")  # about from long to short


class Substitution:
    """Forms, each with the kind of what it is a form of, and texts to keep, for use on `over` and parts of it."""

    def __init__(self, forms: Iterable[tuple[Form, str]], keep: Iterable[str], over: bytes) -> None:
        seen = _Seen(over)
        self._new: dict[bytes, tuple[bytes, str]] = {}
        self._exact: dict[bytes, tuple[bytes, str]] = {}
        self._edges: dict[Edge, list[bytes]] = {edge: [] for edge in EDGES}
        kept = [(text.encode("utf-8", "replace"), edge_of(text)) for text in keep]
        for old, edge in kept:
            self._put(Form(old.lower() if old.isascii() else old, b"", edge if old.isascii() else "exact"), "", seen)
        for form, kind in forms:
            self._put(form, kind, seen)

    def _put(self, form: Form, kind: str, seen: "_Seen") -> None:
        table = self._exact if form.edge == "exact" else self._new
        if (
            form.old not in (b"", form.new)
            and len(form.old) == len(form.new or form.old)
            and form.old not in table
            and seen.may_hold(form.old, form.edge == "exact")
        ):
            table[form.old] = form.new, kind
            self._edges[form.edge].append(form.old)

    @cached_property
    def _exactly(self) -> re.Pattern[bytes] | None:
        return re.compile(any_of(self._exact), re.DOTALL) if self._exact else None

    @cached_property
    def _bounded(self) -> re.Pattern[bytes] | None:
        parts = [EDGES[e][0] + any_of(self._edges[e]) + EDGES[e][1] for e in _ORDER if self._edges[e]]
        return re.compile(b"|".join(parts), re.DOTALL) if parts else None

    @cached_property
    def _anywhere(self) -> re.Pattern[bytes] | None:
        return re.compile(any_of(self._new), re.DOTALL) if self._new else None

    def apply(self, data: bytes, counts: "Counter[str]", anywhere: bool = False) -> bytes:
        """The bytes with every stand-in in place, each counted by kind; `anywhere`: also amid letters and digits, as
        in DER, where the octet beside a text may be any."""
        data = _swapped(data, data, self._exactly, self._exact, counts)
        return _swapped(data, data.lower(), self._anywhere if anywhere else self._bounded, self._new, counts)

    def around(self, text: bytes, change: Callable[[str], str]) -> str:
        """The text with every stand-in in place, and what is between them changed."""
        pieces, last = [], 0
        small = text.lower()
        for match in self._bounded.finditer(small) if self._bounded else ():
            new, kind = self._new[match[0]]
            old = text[match.start() : match.end()]
            pieces += [
                change(text[last : match.start()].decode("utf-8", "replace")),
                (recased(new, old) if kind else old).decode("utf-8", "replace"),
            ]
            last = match.end()
        return "".join((*pieces, change(text[last:].decode("utf-8", "replace"))))


class _Seen:
    """What some bytes hold, roughly."""

    def __init__(self, data: bytes) -> None:
        self._data = data, data.lower()
        self._grams = [{text[at : at + _GRAM] for at in range(len(text) - _GRAM + 1)} for text in self._data]

    def may_hold(self, text: bytes, exact: bool) -> bool:
        which = 0 if exact else 1
        if len(text) < _GRAM:
            return text in self._data[which]
        grams = self._grams[which]
        return text[:_GRAM] in grams and text[-_GRAM:] in grams and text in self._data[which]


def _swapped(
    data: bytes,
    looked_in: bytes,
    pattern: re.Pattern[bytes] | None,
    table: dict[bytes, tuple[bytes, str]],
    counts: "Counter[str]",
) -> bytes:
    pieces, last = [], 0
    for match in pattern.finditer(looked_in) if pattern else ():
        new, kind = table[match[0]]
        if kind:
            old = data[match.start() : match.end()]
            pieces += [data[last : match.start()], new if looked_in is data else recased(new, old)]
            last = match.end()
            counts[kind] += 1
    return b"".join((*pieces, data[last:]))
