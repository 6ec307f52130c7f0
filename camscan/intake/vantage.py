"""The name of a vantage point: the place in the network from which a scan is made, in the words of its owner."""

from collections.abc import Iterable
from unicodedata import normalize

from camscan.errors import UsageError
from camscan.intake.lines import is_text

NAME_LIMIT = 64  # characters: the longest name that Linux gives a host, and one column of a table


def parse_vantage(text: str, where: str = "--vantage") -> str:
    """The name without spaces around it. Raises `UsageError` for one that is empty, too long or cannot be printed."""
    name = text.strip(" ")
    if not name:
        raise UsageError(f"{where}: empty; name the place in the network, such as office or guest-wifi")
    if len(name) > NAME_LIMIT:
        raise UsageError(f"{where}: {len(name):,} characters; {NAME_LIMIT} at most")
    if not is_text(name) or not name.isprintable():
        raise UsageError(f"{where}: {name!r} has characters that cannot be printed")
    return name


def refuse_lookalikes(names: Iterable[str]) -> None:
    """Raises `UsageError` for two names that differ only in case or in how Unicode spells them: one place, most likely,
    whose scans would not count together."""
    known: dict[str, str] = {}
    for name in names:
        other = known.setdefault(normalize("NFKC", normalize("NFKC", name).casefold()), name)
        if other != name:
            raise UsageError(f"scan.vantage: {other!a} and {name!a} differ only in spelling: is that one place or two?")
