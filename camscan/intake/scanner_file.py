"""A file of another scanner, of whatever kind: told by how it begins, never by its name."""

from collections.abc import Collection, Iterator
from itertools import chain
from typing import TextIO

from camscan.errors import UsageError
from camscan.intake.imported import Entry
from camscan.intake.masscan_json import read_masscan
from camscan.intake.nmap_xml import read_nmap

PIECE = 64 * 1024  # characters read at once

_GZIP = "\x1f\udc8b"  # a byte that is not UTF-8 arrives as a lone surrogate, see `lines`
_UTF16 = ("\udcff\udcfe", "\udcfe\udcff")


def read_scanner_file(name: str, stream: TextIO, swept: Collection[int]) -> Iterator[Entry]:
    """The entries of an open file, as they are read; `swept` are the ports whose being open is kept. Raises
    `UsageError` where the file is of no kind that is known."""
    first = _first(stream)
    if first.lstrip().startswith("<"):
        return read_nmap(name, chain([first], iter(lambda: stream.read(PIECE), "")), swept)
    if first.lstrip().startswith(("{", "[", ",")):
        return read_masscan(name, chain([first], iter(lambda: stream.readline(PIECE), "")), swept)
    raise UsageError(f"{name}: {_refusal(first)}")


def _refusal(first: str) -> str:
    if not first:
        return "nothing in it"
    if first.startswith(_GZIP):
        return "compressed; unpack it first"
    if first.startswith(_UTF16):
        return "UTF-16 text; save it as UTF-8"
    return "neither nmap's XML (-oX) nor masscan's JSON (-oJ, -oD)"


def _first(stream: TextIO) -> str:
    """The first line that is not blank, or as much of it as is read at once; '' where there is none."""
    while (line := stream.readline(PIECE)) and not line.strip():
        pass
    return line
