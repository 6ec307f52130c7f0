"""nmap's XML (`-oX`), also as masscan writes it → replies, open ports and hearsay.

Read as it comes, element by element, and no tree is built: what is in memory is one port. No entities, no document type
but nmap's plain one, no network; depth and lengths are bounded by libxml2, the number of parts in `nmap_run`. A file
that ends in the middle gives what it holds. Public source: nmap's DTD (`docs/nmap.dtd`).
"""

import re
from collections.abc import Collection, Iterable, Iterator

from lxml import etree

from camscan.errors import UsageError
from camscan.intake.imported import BadEntry, Entry
from camscan.intake.nmap_run import Run

PROLOG_LIMIT = 256 * 1024  # characters before the first element: nmap's command line stands there, with every target

_PROLOG = re.compile(r"\s*(?:(?:<\?[^<>]*\?>|<!DOCTYPE nmaprun>|<!--[^<>]*-->)\s*)*(<nmaprun\b|\Z)")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_nmap(name: str, pieces: Iterable[str], swept: Collection[int]) -> Iterator[Entry]:
    """What the file tells; `swept` are the ports whose being open is kept. Raises `UsageError` where the beginning is
    not nmap's."""
    run = Run(name, swept)
    broken = "nmap was stopped, or the copy is not whole"
    parser = _parser(run)
    try:
        for piece in _checked(name, pieces):
            parser.feed(_NOT_XML.sub("\ufffd", piece).encode("utf-8"))
            yield from run.drain()
        parser.close()
    except (etree.XMLSyntaxError, ValueError) as error:
        broken = str(error) or broken
    yield from run.drain()
    if not run.ended:
        yield BadEntry(file=name, where="not whole", reason=f"{broken}; what was read until then is kept")


def _parser(run: Run) -> etree.XMLParser:
    """Only the five entities of XML itself can occur, for `_checked` lets no declaration through; without resolving,
    libxml2 would hand out `&amp;` in an attribute as `&#38;`."""
    return etree.XMLParser(
        target=run,
        encoding="utf-8",
        resolve_entities="internal",
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
    )


def _checked(name: str, pieces: Iterable[str]) -> Iterator[str]:
    """The pieces, once the first of them are seen to begin as nmap's: without entities of their own."""
    beginning, checked = "", False
    for piece in pieces:
        if checked:
            yield piece
            continue
        beginning += piece
        found = _PROLOG.match(beginning)
        checked = bool(found and found[1])
        if checked:
            yield beginning
        elif len(beginning) > PROLOG_LIMIT:
            break
    if not checked:
        raise UsageError(f"{name}: XML, but not nmap's: it does not begin with <nmaprun>")
