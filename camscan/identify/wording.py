"""The words that the fingerprints know: what a rule looks for, and what makers, brands and kinds are called.

A word of a device's that is none of these is no evidence of what it is; most likely its owner chose it.
"""

import re
from collections.abc import Iterator

from camscan.identify.knowledge_base import Knowledge
from camscan.identify.rule import Rule
from camscan.identify.vocabulary import fold

_WORD = re.compile(r"[^\W\d_]{2,}")
_ESCAPES = re.compile(r"\\x[0-9A-Fa-f]{2}|\\[A-Za-z]|\(\?P<\w+>|\(\?[a-z]+:?|\[[^\]]*\]")
"""What is letters in a pattern without being looked for: `\\b`, the name of a group, a flag, a set."""


def known_words(knowledge: Knowledge) -> frozenset[str]:
    """Every such word, casefolded."""
    return frozenset(word.casefold() for text in _texts(knowledge) for word in _WORD.findall(text))


def _texts(knowledge: Knowledge) -> Iterator[str]:
    for rules in knowledge.rules.values():
        yield from (text for rule in rules for text in _patterns(rule))
    vocabulary = knowledge.vocabulary
    for brand in vocabulary.brands.values():  # every maker is a brand of its own
        yield from (text for name in (brand.id, brand.name, *brand.aliases) for text in (name, fold(name)))
    yield from (term.name for term in vocabulary.kinds.values())


def _patterns(rule: Rule) -> Iterator[str]:
    for several in (*rule.when.values(), *rule.unless.values()):
        yield from (_ESCAPES.sub(" ", pattern.pattern) for pattern in several)
