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

GENERIC = frozenset(
    """
    adobe alarm and apple api app asp authorized bad basic basicdevice browser cam camera card cctv central cgi chain
    channel channels china city client com config configuration configurator country debian default desc description
    device digital docs document dome door doorbell download dvr embedded encoder error extension for forbidden found
    gateway google hangzhou hcvr hdcvi home http https identifier igd index info internet intercom ipc ipcam jquery lan
    live local localhost login macromedia main media microsoft model monitor moved mozilla name net network none not nvr
    nvs oasis office onvif open org page photo presentation profile ptz raspbian ready realmonitor recorder request root
    rootdevice router rtsp schema schemas security server service services session shenzhen station stream streaming
    surveillance switch system temporarily the type ubuntu unauthorized unique unknown upnp urn uuid ver video view
    viewer wan web webs welcome wifi www xml xmlsoap xvr zhejiang
    """.split()  # noqa: SIM905
)
"""Words on every such device, besides those that the fingerprints look for; places are those of the makers."""


def known_words(knowledge: Knowledge) -> frozenset[str]:
    """Every such word, casefolded."""
    return GENERIC | {word.casefold() for text in _texts(knowledge) for word in words_of(text)}


def words_of(text: str) -> list[str]:
    """The words of a text: two letters and more."""
    return _WORD.findall(text)


def _texts(knowledge: Knowledge) -> Iterator[str]:
    for rules in knowledge.rules.values():
        yield from (text for rule in rules for text in _patterns(rule))
    vocabulary = knowledge.vocabulary
    for brand in vocabulary.brands.values():  # every maker is a brand of its own
        yield from (text for name in (brand.id, brand.name, *brand.aliases) for text in (name, fold(name)))
    yield from (term.name for term in vocabulary.kinds.values())


def _patterns(rule: Rule) -> Iterator[str]:
    for several in (*rule.when.values(), *rule.unless.values()):
        yield from (_ESCAPES.sub(" ", pattern) for pattern in several)
