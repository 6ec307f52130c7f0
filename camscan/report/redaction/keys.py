"""By which signs an original is known again, whatever stands between its letters; and which originals have none.

The rule, as `docs/report.md` tells it: what would be found by chance everywhere is not looked for, though it is
replaced where it stands as what it is. Such are numbers of fewer than five characters or of one or two signs (zeros),
rows of fewer than six digits, days (20270630: pages tell days), names of fewer than four letters, names all of whose
words are words of the program, its data or a product, and the end of a MAC that is a colour of a page.
"""

import re
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from camscan.report.private import FACTORY, tells
from camscan.report.redaction.originals import LEAST
from camscan.report.redaction.rule import NAMES, Rule
from camscan.report.redaction.shapes import hex_of, tokens, units

LONG = 11  # characters; what is longer is looked for amid anything, also across what separates letters
INNER = 8  # characters; what is longer is looked for within words
SERIAL, DIGITS, SIGNS = 5, 6, 3  # least characters of a number, of one of digits alone; least different ones
TAIL = 6
HEAD = 40  # characters of a long text, of which a page shows the beginning
_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_APART = bytes(octet for octet in range(128) if not chr(octet).isalnum())


class Keys(NamedTuple):
    """Signs of one original: what it is `anywhere` in letters and digits, `inner` parts of a word, `digits` in a row,
    `words`, `tails` of words, `phrase` words in a row, and `address` as a number with its version."""

    anywhere: tuple[bytes, ...] = ()
    inner: tuple[str, ...] = ()
    digits: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    tails: tuple[str, ...] = ()
    phrase: tuple[str, ...] = ()
    address: tuple[int, int] | None = None


def plain(text: str) -> bytes:
    """Letters and digits only, small."""
    return text.casefold().encode("utf-8", "surrogatepass").translate(None, _APART)


def keys_of(rule: Rule, text: str, own: frozenset[str]) -> Keys:
    """The signs of an original; none where it tells nothing."""
    if rule in (Rule.ADDRESS, Rule.NETWORK):
        return _of_address(text)
    if rule is Rule.MAC:
        return _of_mac(text, own)
    if rule in (*NAMES, Rule.IDS):
        return _of_name(text, own)
    if rule is Rule.HIDE:  # words of a remark are words, all together are it
        keys = _of_name(text, own)
        return keys._replace(words=tuple(word for word in keys.words if word == plain(text).decode()))
    return _of_number(text, own)


def _of_address(text: str) -> Keys:
    bare = text.partition("/")[0].partition("%")[0]
    if bare in FACTORY or not tells(bare):
        return Keys()
    address = ip_address(bare) if "/" not in text else ip_network(text, strict=False).network_address
    number, octets = int(address), address.packed.hex()
    words = [octets] if not octets.isdigit() else []
    if number >= 10 ** (INNER - 1):
        words.append(str(number))
    return Keys(words=tuple(words), address=(address.version, number))


def _of_mac(text: str, own: frozenset[str]) -> Keys:
    digits = hex_of(text) or ""
    if len(set(digits)) < SIGNS:
        return Keys()
    turned = bytes.fromhex(digits)[::-1].hex()
    extended = f"{int(digits[:2], 16) ^ 2:02x}{digits[2:6]}fffe{digits[6:]}"  # in an IPv6 address (RFC 4291)
    tail = digits[-TAIL:]
    tails = (tail,) if _is_mixed(tail) and tail not in own else ()
    return Keys(
        anywhere=(digits.encode(), turned.encode(), extended.encode()),
        words=(str(int(digits, 16)), *tails),
        tails=tails,
    )


def _of_number(text: str, own: frozenset[str]) -> Keys:
    key = plain(text)[:HEAD]
    word = key.decode("utf-8", "surrogatepass")
    if len(word) < SERIAL or len(set(word)) < SIGNS or own.issuperset(tokens(text)) or word in own:
        return Keys()
    if word.isdigit() and (len(word) < DIGITS or _DAY.fullmatch(word)):
        return Keys()
    ends = [word[-TAIL:]] if len(word) > TAIL and _is_mixed(word[-TAIL:]) else []
    inside = [serial[-9:] for serial in units(text) if serial[-9:].isdigit()]
    rows = [row for row in (word, *inside) if row.isdigit() and len(row) >= INNER and len(set(row)) >= SIGNS]
    mixed = not word.isdigit()
    return Keys(
        anywhere=_anywhere(key),
        inner=(word,) if mixed and INNER <= len(word) < LONG else (),
        digits=tuple(rows),
        words=(word, *ends),
        tails=tuple(ends),
    )


def _of_name(text: str, own: frozenset[str]) -> Keys:
    row = tokens(text)
    strange = [word for word in row if not _is_common(word, own)]
    if not strange:
        return Keys()
    key = plain(text)[:HEAD]
    if key.isdigit():
        return _of_number(text, own)
    if len(set(key)) < SIGNS:
        return Keys()
    return Keys(
        anywhere=_anywhere(key),
        words=tuple(word for word in (*strange, "".join(row)) if _is_long(word)),
        phrase=row if len(row) > 1 and len(key) < LONG and len(key) >= LEAST else (),
    )


def _anywhere(key: bytes) -> tuple[bytes, ...]:
    """The key where it is too long to come by chance, which digits alone always may."""
    return (key,) if len(key) >= LONG and not key.isdigit() else ()


def _is_common(word: str, own: frozenset[str]) -> bool:
    return word in own or (word.isdigit() and (len(word) < DIGITS or _DAY.fullmatch(word) is not None))


def _is_long(word: str) -> bool:
    return len(word) >= LEAST or (len(word) > 1 and not word.isascii())


def _is_mixed(text: str) -> bool:
    """Whether it is neither a word nor a number: a row of digits is the end of some build or day by chance."""
    return not text.isdigit() and not text.isalpha() and len(set(text)) >= SIGNS
