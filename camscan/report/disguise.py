"""Stand-ins for what identifies one unit or its owner: of the same length and the same shape as the original.

The rule: what tells the kind of a device stays (registered block of a MAC, grammar and date of a serial, words that
name a product), what tells this one from its sisters goes. One text has one stand-in as long as the key is the same;
without the key nobody finds the way back. Addresses become those that RFC 5737 and RFC 3849 keep for documentation,
where one of the same length exists, else addresses of private networks.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from ipaddress import IPv6Address

_DIGITS, _NONZERO = "0123456789", "123456789"
_HEX = "0123456789abcdef"
_CLASSES = (_DIGITS, "ABCDEF", "abcdef")
_ALPHABETS = (*_CLASSES, "GHIJKLMNOPQRSTUVWXYZ", "ghijklmnopqrstuvwxyz")
_FILLER = "name"  # what a letter of a name becomes: a person sees at once what was replaced
_HEAD = 3  # characters of a long serial that are its maker's grammar: `4M0`, `AMC`, `ND0`
_OUI = 6  # hex digits: the block of a MAC that is not in the table
_TELLING = 3  # letters; `C = TW`, `D-Link`: fewer name nobody
_SMALL = 3  # digits of a number that tells nothing once the words around it are gone: `Camera 3`
_LONG = 10  # characters; a shorter one is a unit's number only
_MIXED = 5  # characters; letters and digits mixed are a number from here on
_TRIES = 64  # stand-ins drawn for an address; two addresses share one where all of them are taken
_PREFIX = re.compile(r"[0-9a-f]{4}:[0-9a-f]{3,4}(?=:)|[0-9a-f]{0,4}", re.IGNORECASE)  # of an IPv6 address
_RUN = re.compile(r"[^\W_]+")
_PIECES = re.compile(r"[^\W\d_]+|\d+")
_LETTERS = re.compile(r"[A-Za-z]+")
_HEX_ONLY = re.compile(r"[^G-Zg-z]*")
_DATED = re.compile(r"20[0-3]\d[01]\d[0-3]\d[A-Z]{2,4}")  # what a serial says of its kind, before the unit's number
_CAMEL = re.compile(r"[A-Z]?[^\W\dA-Z_]+|[^\W\da-z_]+(?![a-z])|\d+|.")
_DOCUMENTATION = {9: "192.0.2.", 10: "192.0.2.", 11: "192.0.2.", 12: "203.0.113.", 13: "203.0.113.", 14: "198.51.100."}
_PATTERNS = {7: "0.#.#.#", 8: "10.#.#.#", 15: "192.168.1##.1##"}  # lengths that documentation addresses lack


class Disguise:
    """Makes stand-ins. `known` words (casefolded) name products and stay; `block` tells how many hex digits of a MAC
    are its registered block, 0 where that is not known."""

    def __init__(self, key: bytes, known: frozenset[str], block: Callable[[str], int]) -> None:
        self._key = key
        self._known = known
        self._block = block
        self._addresses: dict[str, str] = {}
        self._taken: set[str] = set()
        self._macs: set[str] = set()
        self.avoid: set[str] = set()
        """Addresses that are no stand-in, because they are an original elsewhere."""

    def number(self, text: str) -> str:
        """A serial, an id or a nonce: digits become digits, hex letters hex letters, the rest stays."""
        head = _HEAD if len(text) >= _LONG else 0
        for alphabets in (_CLASSES, _ALPHABETS):
            changed = text[:head] + self._mapped(text, head, alphabets)
            if changed != text:
                return changed
        return text

    def secret(self, text: str) -> str:
        """A nonce or a session: of the same shape, and no letter of it stays."""
        return self._mapped(text, 0, _CLASSES if _HEX_ONLY.fullmatch(text) else _ALPHABETS)

    def _mapped(self, text: str, head: int, alphabets: tuple[str, ...]) -> str:
        draw = self._draw(text)
        return "".join(_other(text, at, alphabets, draw) for at in range(head, len(text)))

    def mac(self, digits: str) -> str:
        """Twelve lower-case hex digits: the registered block stays. A zero that leads the last two octets stays, so
        that the IPv6 address made of them keeps its length."""
        self._macs.add(digits)
        kept = self._block(digits) or _OUI
        zeros = 8 + len(digits[8:]) - len(digits[8:].lstrip("0"))
        draw = self._draw(digits)
        return digits[:kept] + "".join(_nibble(digits, at, zeros, draw) for at in range(kept, 12))

    def uuid(self, text: str) -> str:
        """A UUID; a tail that is a MAC seen before or of a known block becomes that MAC's stand-in."""
        tail = text[-12:]
        is_mac = tail.lower() in self._macs or self._block(tail.lower()) != 0
        end = _cased(self.mac(tail.lower()), tail) if is_mac else self._mapped(text, len(text) - 12, _CLASSES)
        return self._mapped(text, 0, _CLASSES)[:-12] + end

    def address(self, text: str) -> str:
        """An IPv4 address of the same length; two addresses have two stand-ins while there are any left."""
        if text not in self._addresses:
            draw = self._draw(text)
            tried = (_drawn_address(len(text), draw) for _ in range(_TRIES))
            first = next(tried)
            free = (a for a in (first, *tried) if a not in self._taken and a not in self.avoid)
            self._addresses[text] = next(free, first)
            self._taken.add(self._addresses[text])
        return self._addresses[text]

    def address6(self, text: str) -> str:
        """An IPv6 address of the same length; a link-local one stays link-local, with the stand-in of its MAC."""
        head = 4 if text.lower().startswith("fe80") else len(_PREFIX.match(text)[0])  # type: ignore[index]
        octets = IPv6Address(text).packed
        if octets[11:13] != b"\xff\xfe":
            return _documentation(text[:head]) + self._mapped(text, head, _CLASSES)
        other = self.mac(bytes((octets[8] ^ 2, *octets[9:11], *octets[13:])).hex())
        end = text.rindex(":") + 1
        last = other[8:][-len(text[end:]) :]
        middle = self._mapped(text, head, _CLASSES)[: end - 3 - head] if head > 4 else text[head : end - 3]
        return _documentation(text[:head]) + middle + _cased(f"{other[6:8]}:{last}", text)

    def words(self, text: str) -> str:
        """A name, a place or a title: words that name products stay, numbers become numbers, the rest a filler."""
        return _RUN.sub(lambda found: self._run(found[0]), text)

    def _run(self, run: str) -> str:
        if self.is_known(run) or _DATED.fullmatch(run):
            return run
        if len(run) < _MIXED or not run.isascii() or not any(c.isdigit() for c in run) or self._counts(run):
            return _PIECES.sub(lambda found: self._piece(found[0]), run)
        is_number = run.isupper() and 3 * sum(map(str.isdigit, run)) >= len(run)
        return self.number(run) if is_number else self._mapped(run, 0, _ALPHABETS)

    def is_known(self, word: str) -> bool:
        """Whether it names a product, by itself or as words written together: `rootDesc`."""
        return word.casefold() in self._known or all(
            part.casefold() in self._known for part in _CAMEL.findall(word) or ("",)
        )

    def _counts(self, run: str) -> bool:
        """Whether a run is a known word with a number that tells nothing: `Camera01`."""
        letters = _LETTERS.findall(run)
        return len(letters) == 1 and letters[0].casefold() in self._known and len(run) - len(letters[0]) <= _SMALL

    def _piece(self, piece: str) -> str:
        if self.is_known(piece) or (piece.isascii() and len(piece) < _TELLING):
            return piece
        if piece[0] in _DIGITS:
            return piece if len(piece) <= _SMALL else self._mapped(piece, 0, _CLASSES)
        draw = self._draw(piece)
        return "".join(_letter(c, _FILLER[at % len(_FILLER)], draw) for at, c in enumerate(piece))

    def _draw(self, text: str) -> Iterator[int]:
        """An endless row of numbers that only text, in whatever case, and key decide."""
        for block in range(1 << 32):
            seed = block.to_bytes(4, "big") + text.casefold().encode("utf-8", "replace")
            yield from hashlib.blake2b(seed, key=self._key).digest()

    def octets(self, text: bytes) -> bytes:
        """As many octets that have nothing to do with these: for keys and signatures."""
        draw = self._draw(text.hex())
        return bytes(next(draw) for _ in text)


def _other(text: str, at: int, alphabets: tuple[str, ...], draw: Iterator[int]) -> str:
    """A character of the same class. A number neither gains nor loses a leading zero."""
    character = text[at]
    alphabet = next((a for a in alphabets if character in a), "")
    before = text[:at].rstrip("0")[-1:]
    if alphabet == _DIGITS and not before.isalnum():
        alphabet = "" if character == "0" else _NONZERO
    return alphabet[next(draw) % len(alphabet)] if alphabet else character


def _nibble(digits: str, at: int, zeros: int, draw: Iterator[int]) -> str:
    if 8 <= at < zeros < 12:
        return "0"
    return _HEX[1 + next(draw) % 15] if at == zeros else _HEX[next(draw) % 16]


def _drawn_address(length: int, draw: Iterator[int]) -> str:
    pattern = _PATTERNS.get(length)
    if pattern is None:
        head = _DOCUMENTATION[length]
        room = length - len(head)
        pattern = head + "1" * (room == 3) + "#" * min(room, 2)
    return re.sub("#", lambda _: _NONZERO[next(draw) % 9], pattern)


def _documentation(head: str) -> str:
    """The stand-in for the first part of an IPv6 address: its first two groups, or its first."""
    first, colon, second = head.partition(":")
    if first.lower() in ("fe80", "fd00", "fc00") and not colon:
        return head
    if not colon:
        return ("fd00" if len(first) == 4 else "fd0"[: len(first)]) if first else ""
    return f"2001:{'db8'.zfill(len(second))}"


def _letter(character: str, filler: str, draw: Iterator[int]) -> str:
    if character.isascii():
        return filler.upper() if character.isupper() else filler
    block, start = ord(character) & ~0xFF, next(draw)
    candidates = (chr(block + (start + step) % 256) for step in range(256))
    return next((c for c in candidates if c != character and _is_alike(c, character)), character)


def _is_alike(one: str, other: str) -> bool:
    """Whether two characters are of one kind and of one length in the encodings devices use."""
    if one.isalpha() != other.isalpha() or one.isupper() != other.isupper():
        return False
    same = all(
        len(one.encode(name, "replace")) == len(other.encode(name, "replace"))
        for name in ("utf-8", "gb18030", "gb2312")
    )
    return same and len(str(ord(one))) == len(str(ord(other)))


def _cased(text: str, like: str) -> str:
    return text.upper() if like.isupper() else text
