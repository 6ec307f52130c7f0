"""One pattern for many texts: a tree of their common beginnings, so that a thousand cost about as much as one.

The rule: where several texts stand at one place the longest is found. A plain alternation would try every text at every
octet of a page, which a device could make as long as it likes.
"""

import re
from collections.abc import Collection, Sequence
from itertools import groupby, takewhile

DEPTH_LIMIT = 64  # groups within groups: the compiler of patterns goes down as deep, and gives up at a few hundred


def any_of(texts: Collection[bytes]) -> bytes:
    """The pattern of these texts, of which there is at least one."""
    return b"(?:" + _branch(sorted(set(texts)), 0, 0) + b")"


def _branch(texts: Sequence[bytes], at: int, depth: int) -> bytes:
    """What follows the first `at` octets, which sorted texts have in common."""
    if depth > DEPTH_LIMIT:
        return b"(?:" + b"|".join(re.escape(text[at:]) for text in sorted(texts, key=len, reverse=True)) + b")"
    pairs = zip(texts[0][at:], texts[-1][at:], strict=False)
    end = at + sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    rest = texts[1:] if len(texts[0]) == end else texts
    head = re.escape(texts[0][at:end])
    if not rest:
        return head
    branches = (_branch(list(group), end, depth + 1) for _, group in groupby(rest, key=lambda text: text[end]))
    return head + b"(?:" + b"|".join(branches) + b")" + (b"?" if rest is not texts else b"")
