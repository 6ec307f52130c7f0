"""What `--redact` means: a report or an export without what identifies a device or its owner, or none at all."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from camscan.errors import CannotRunError

if TYPE_CHECKING:
    from camscan.report.redaction.redact import Check, Words

RedactOption = Annotated[
    bool,
    typer.Option(
        "--redact", help="Put stand-ins in the place of addresses, serials, MACs and every name of the owner."
    ),
]


def words() -> "Words":
    """What is no owner's, by the data in use."""
    from camscan.cli.known import load_known
    from camscan.identify.wording import known_words
    from camscan.report.redaction.own_words import data_words, letters, program_words
    from camscan.report.redaction.redact import Words

    knowledge = load_known().knowledge

    def block(mac: str) -> int:
        entry = knowledge.oui.lookup(mac)
        return len(entry.prefix) if entry else 0

    rules = [text for some in knowledge.rules.values() for rule in some for text in (rule.id, rule.source)]
    grounds = letters([*rules, knowledge.oui.source])  # what evidence rests on stands on a page as it is
    own = program_words() | known_words(knowledge) | data_words(knowledge.directory) | grounds
    return Words(own=own, block=block)


def checked(pieces: Iterable[str] | str, check: "Check") -> str:
    """The whole text. Raises `CannotRunError` where an original is left in it: it tells the kind, never the value."""
    text = pieces if isinstance(pieces, str) else "".join(pieces)
    left = check(text)
    if left is None:
        return text
    where = f"line {left.line}" + (f" in {left.part}" if left.part else "")
    raise CannotRunError(f"--redact: nothing is written, because an original would be left in it: {left.kind}, {where}")
