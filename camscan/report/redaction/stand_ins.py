"""What stands in the place of each original: one text has one stand-in throughout, two texts have two.

The rule: what tells the kind of a device stays (the block of a MAC that is its maker's, the model in a serial), the
rest is a number that is counted up in an order that tells nothing. The order rests on all originals together, so the
same inventory gives the same stand-ins, and another one others: two outputs cannot be laid side by side.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator

from camscan.report.redaction.networks import stand_ins
from camscan.report.redaction.originals import Originals
from camscan.report.redaction.remaining import Remaining
from camscan.report.redaction.rule import NAMES, Rule
from camscan.report.redaction.shapes import hex_of, squeezed

HIDDEN = "(masked)"
MODEL_LEAST, UNIT_LEAST = 4, 6  # characters of a model at the head of a serial, and of what follows
TAIL = 6
_LOCAL = "020000"  # the block of a MAC of which nobody knows whose it is: locally administered

Block = Callable[[str], int]
"""How many hex digits of a MAC are its maker's, 0 where that is not known."""


class StandIns:
    """Those of some originals."""

    def __init__(self, originals: Originals, block: Block, remaining: Remaining) -> None:
        self._key = _digest("\0".join(sorted(f"{rule}\1{text}" for rule, text in originals.everything)))
        self._block = block
        long = [text for text in originals.values if len(text) >= MODEL_LEAST]
        self._models = {text.casefold() for text in {*long} - remaining.among(long)}
        everything = [text for _, text in originals.everything]
        self._taken = {squeezed(text) for text in everything}
        self._tails = {text[-TAIL:] for text in self._taken}
        self._numbers: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self.counts: Counter[str] = Counter()
        self._fill(originals)

    def of(self, rule: Rule, text: str) -> str:
        """The stand-in of a text; of one that was never noted only that there was something."""
        if rule is Rule.HIDE:
            return HIDDEN
        if rule in (Rule.ADDRESSES, Rule.TAGS):
            part = Rule.ADDRESS if rule is Rule.ADDRESSES else Rule.TAG
            return " ".join(self.of(part, one) for one in text.split(" "))
        known = self._numbers.get(text.casefold()) or self._names.get(text)
        return known or (self._numbers.get(digits, HIDDEN) if (digits := hex_of(text)) else HIDDEN)

    def known(self, text: str) -> str | None:
        """The stand-in of a text that is an original, whatever it is."""
        return self._numbers.get(text.casefold()) or self._names.get(text)

    @property
    def all(self) -> Iterator[tuple[str, str]]:
        """Every original with its stand-in."""
        yield from self._numbers.items()
        yield from self._names.items()

    def _fill(self, originals: Originals) -> None:
        addresses = originals.found.get(Rule.ADDRESS, {})
        networks = originals.found.get(Rule.NETWORK, {})
        found = stand_ins(addresses, networks, self._order)
        self._numbers |= {text.casefold(): new for text, new in found.items()}
        self.counts["address"], self.counts["network"] = len(addresses), len(networks)
        for rule, make in ((Rule.MAC, self._mac), (Rule.UUID, self._uuid), (Rule.SERIAL, self._serial)):
            self._number(rule, originals, make)
        self._number(Rule.DEVICE, originals, lambda _, number: f"device-{number:04}")
        for rule in (*NAMES, Rule.IDS):
            self._name(rule, originals)
        self.counts["remark"] = len(originals.found.get(Rule.HIDE, ()))

    def _number(self, rule: Rule, originals: Originals, make: Callable[[str, int], str]) -> None:
        texts = {hex_of(text) if rule is Rule.MAC else text.casefold() for _, text in originals.of(rule)}
        row = sorted((text for text in texts if text and text not in self._numbers), key=self._order)
        self.counts[rule] = len(texts)
        number = 0
        for text in row:
            number += 1 + self._order(f"gap {text}")[0] % 2  # else a gap would tell that an original ends so
            while self._is_taken(new := make(text, number)):
                number += 1
            self._numbers[text] = new

    def _is_taken(self, new: str) -> bool:
        plain = squeezed(new)
        return plain in self._taken or plain[-TAIL:] in self._tails

    def _mac(self, digits: str, number: int) -> str:
        local = int(digits[:2], 16) & 3  # a locally administered one, or a group: nobody's block
        head = digits[:6] if not local and self._block(digits) == 6 else _LOCAL
        text = f"{head}{number:06x}"
        return ":".join(text[at : at + 2] for at in range(0, 12, 2))

    def _uuid(self, text: str, number: int) -> str:
        return f"00000000-0000-4000-8000-{number:012x}"

    def _serial(self, text: str, number: int) -> str:
        """As long as before, where the number finds room."""
        longest = range(len(text) - UNIT_LEAST, MODEL_LEAST - 1, -1)
        size = next((n for n in longest if text[:n] in self._models), 0)
        return f"{text[:size].upper()}X{str(number).zfill(len(text) - size - 1)}"

    def _name(self, rule: Rule, originals: Originals) -> None:
        number = 0
        texts = [text for _, text in originals.of(rule)]
        self.counts[rule] = len(texts)
        for text in sorted(texts, key=self._order):
            if text in self._names or text.casefold() in self._numbers:
                continue
            number += 1
            while squeezed(new := f"{_word(rule)} {number}") in self._taken:
                number += 1
            self._names[text] = new

    def _order(self, text: str) -> bytes:
        return _digest(text, self._key)


def _word(rule: Rule) -> str:
    return {Rule.SCAN: "Scan", Rule.NAME: "Name"}.get(rule, rule.value.capitalize())


def _digest(text: str, key: bytes = b"") -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16, key=key).digest()
