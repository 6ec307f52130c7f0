"""Evidence to hand over: a zip of the replies as devices gave them, of what they prove, and of a manifest that names
each file with its size and SHA-256, who made it by which data, and which scans it is of.

The same content gives the same bytes: the files come in one order, with one time, that of no clock. This has nothing to
do with the signed bundles of data that `camscan update` installs.
"""

import hashlib
import stat
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Literal

from camscan.reply import Reply
from camscan.report.document import Record, moment
from camscan.report.jsonl import as_json
from camscan.report.printable import printable

SCHEMA = "camscan.bundle/1"
MANIFEST = "manifest.json"
REPLIES, RESULT, SCAN, REGISTER = "replies.jsonl", "result.json", "scan.json", "register.json"
FILES = (REPLIES, RESULT, SCAN, REGISTER)
"""What may be in it beside the manifest, in this order: the replies, what they prove, the result that the scan itself
wrote, and the devices as the inventory knows them."""

Kind = Literal["recording", "inventory"]
"""What the replies are from: files, or the inventory."""

SCANS_LIMIT, SCOPE_LIMIT = 1_000, 1_000  # the last of them, and of each the first networks: three years of nights

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip can tell
_MODE = (stat.S_IFREG | 0o644) << 16
_UNIX = 3  # whose modes these are


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedScan:
    """A scan that the evidence is of. Times in seconds since the epoch, None where nobody knows."""

    id: str
    started: float | None
    ended: float | None
    scope: Sequence[str]
    vantage: str | None
    partial: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file that the replies were read from, as it was."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where evidence comes from, and by which data it was judged."""

    kind: Kind
    tool_version: str
    data: Mapping[str, str]
    scans: Sequence[NotedScan] = ()
    sources: Sequence[Source] = ()


def pack(stream: BinaryIO, parts: Mapping[str, Iterable[str]], replies: Sequence[Reply], origin: Origin) -> None:
    """Writes the zip to a stream that can be gone back in. `parts` are the texts of `FILES` in pieces."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        rows = [_add(archive, name, parts[name]) for name in FILES if name in parts]
        _add(archive, MANIFEST, [as_json(_manifest(rows, replies, origin))])


def _add(archive: zipfile.ZipFile, name: str, pieces: Iterable[str]) -> Record:
    """Adds a file, and tells its row of the manifest."""
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, _MODE, _UNIX
    digest, size = hashlib.sha256(), 0
    with archive.open(entry, "w") as file:
        for piece in pieces:
            data = piece.encode()
            digest.update(data)
            size += len(data)
            file.write(data)
    return {"name": name, "size": size, "sha256": digest.hexdigest()}


def _manifest(rows: list[Record], replies: Sequence[Reply], origin: Origin) -> Record:
    times = [reply.time for reply in replies if reply.time is not None]
    return {
        "schema": SCHEMA,
        "tool": {"name": "camscan", "version": origin.tool_version},
        "data": {printable(name): printable(date) for name, date in origin.data.items()},
        "origin": origin.kind,
        "sources": [{"name": printable(s.name), "size": s.size, "sha256": s.sha256} for s in origin.sources],
        "scans": [_scan(one) for one in origin.scans[-SCANS_LIMIT:]],
        "replies": {
            "count": len(replies),
            "first": moment(min(times, default=None)),
            "last": moment(max(times, default=None)),
        },
        "files": rows,
    }


def _scan(one: NotedScan) -> Record:
    return {
        "id": printable(one.id),
        "started": moment(one.started),
        "ended": moment(one.ended),
        "scope": list(_scope(one.scope)),
        "vantage": None if one.vantage is None else printable(one.vantage),
        "partial": one.partial,
    }


def _scope(texts: Sequence[str]) -> Iterator[str]:
    yield from (printable(text) for text in texts[:SCOPE_LIMIT])
    if len(texts) > SCOPE_LIMIT:
        yield f"and {len(texts) - SCOPE_LIMIT:,} more"
