"""Reads a bundle of evidence (`camscan bundle`), which may be anybody's, and believes nothing that does not hold.

The zip is one that camscan writes, or none: the files that are known and no other, each once, plain, one after the
other from the first byte to the last. So there is no path, link, second list or hidden byte to be careful with, and
what is unpacked is never more than the manifest names. Every SHA-256 is checked before anything is read.
"""

import hashlib
import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from camscan.errors import UsageError
from camscan.intake.json_value import Value, parse_json
from camscan.intake.replay import BadLine, read_replies
from camscan.reply import Reply

SCHEMA = "camscan.bundle/1"
MANIFEST, REPLIES, RESULT = "manifest.json", "replies.jsonl", "result.json"
KNOWN = (REPLIES, RESULT, "scan.json", "register.json", MANIFEST)
SIZE_LIMIT = 512 * 1024 * 1024  # bytes of one file unpacked, as of a document that is read
MANIFEST_LIMIT = 64 * 1024 * 1024  # bytes; 1,000 scans of 1,000 networks, 40 bytes each, are written at most

_END = struct.Struct("<4s4H2LH")  # the end of the list of files: APPNOTE.TXT of the zip format, 4.3.16
_END_MARK, _END64_MARK, _END64_SIZE = b"PK\5\6", b"PK\6\7", 20
_LIST_LIMIT = 1024  # bytes; five files take 300
_LOCAL_HEADER = 30  # bytes before the name of a file
_ENCRYPTED, _SIZE_LATER = 0x1, 0x8
_CHUNK = 1024 * 1024  # bytes
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, NotImplementedError, struct.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a bundle holds, every sum checked: who made it by which data, the replies, and the text of the result that
    they gave. `files` are the names of all that is in it."""

    tool_version: str
    data: Mapping[str, str]
    replies: Sequence[Reply]
    result: str
    files: Sequence[str]


def read_evidence(name: str, stream: BinaryIO) -> Evidence:
    """The evidence in a file. Raises `UsageError` with one reason for anything that is not as camscan writes it."""
    try:
        _check_end(name, stream)
        with zipfile.ZipFile(stream) as archive:
            entries = _entries(name, archive)
            manifest = parse_json(f"{name}: {MANIFEST}", _text(name, archive, MANIFEST, MANIFEST_LIMIT))
            sizes = _check_sums(name, archive, entries, manifest)
            return Evidence(
                tool_version=manifest["tool"]["version"].text(),
                data={key: value.text() for key, value in manifest["data"].pairs()},
                replies=tuple(_replies(name, archive)),
                result=_text(name, archive, RESULT, sizes[RESULT]),
                files=tuple(sizes),
            )
    except _BROKEN as error:
        raise UsageError(f"{name}: no bundle of evidence: {error}") from None


def _check_end(name: str, stream: BinaryIO) -> None:
    """Refuses what is no zip, or one whose list of files is long: it would be read whole."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _END.size - _END64_SIZE))
    tail = stream.read(_END.size + _END64_SIZE)  # and no more, for /dev/zero has no end
    if len(tail) < _END.size or tail[-_END.size :][:4] != _END_MARK:
        raise UsageError(f"{name}: no bundle of evidence: it does not end as a zip does")
    _, _, _, _, count, listed, offset, _ = _END.unpack(tail[-_END.size :])
    if tail[: -_END.size][-_END64_SIZE:].startswith(_END64_MARK) or count > len(KNOWN) or listed > _LIST_LIMIT:
        raise UsageError(f"{name}: no bundle of evidence: more than {len(KNOWN)} files in it")
    if offset + listed + _END.size != size:
        raise UsageError(f"{name}: no bundle of evidence: bytes in it that belong to no file")


def _entries(name: str, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files, all of them known, plain, and one after the other."""
    entries = archive.infolist()
    place = 0
    for entry in entries:
        if entry.filename not in KNOWN:
            raise UsageError(f"{name}: {entry.filename[:128]!r} does not belong in a bundle of evidence")
        if not _is_plain(entry) or entry.header_offset != place:
            raise UsageError(f"{name}: {entry.filename}: not stored as camscan stores it")
        place += _LOCAL_HEADER + len(entry.filename) + entry.compress_size
    if place != archive.start_dir:
        raise UsageError(f"{name}: no bundle of evidence: bytes in it that belong to no file")
    names = [entry.filename for entry in entries]
    if len(set(names)) < len(names):
        raise UsageError(f"{name}: a file stands in it twice")
    if missing := {MANIFEST, REPLIES, RESULT} - set(names):
        raise UsageError(f"{name}: {min(missing)} is missing")
    return entries


def _is_plain(entry: zipfile.ZipInfo) -> bool:
    """A regular file, deflated, its size told before it, without anything more said of it."""
    return (
        entry.compress_type == zipfile.ZIP_DEFLATED
        and stat.S_ISREG(entry.external_attr >> 16)
        and not entry.flag_bits & (_ENCRYPTED | _SIZE_LATER)
        and not entry.extra
        and not entry.comment
    )


def _text(name: str, archive: zipfile.ZipFile, file: str, limit: int) -> str:
    with archive.open(file) as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise UsageError(f"{name}: {file}: larger than {limit:,} bytes")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{name}: {file}: not UTF-8 text") from None


def _check_sums(
    name: str, archive: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo], manifest: Value
) -> Mapping[str, int]:
    """The size of each file, which is the one that the manifest names."""
    if manifest["schema"].value != SCHEMA:
        raise manifest["schema"].bad(f"not {SCHEMA}")
    sizes: dict[str, int] = {}
    for row in manifest["files"].each():
        file = row["name"].one_of(*KNOWN[:-1])
        if file in sizes:
            raise row["name"].bad("named twice")
        sizes[file] = row["size"].count(SIZE_LIMIT)
    if set(sizes) != {entry.filename for entry in entries} - {MANIFEST}:
        raise UsageError(f"{name}: {MANIFEST} names other files than there are")
    for row in manifest["files"].each():
        _check_sum(name, archive, row["name"].text(), row["size"].count(), row["sha256"].text())
    return sizes


def _check_sum(name: str, archive: zipfile.ZipFile, file: str, size: int, sha256: str) -> None:
    digest, left = hashlib.sha256(), size
    with archive.open(file) as stream:
        while data := stream.read(min(_CHUNK, left + 1)):
            digest.update(data)
            left -= len(data)
            if left < 0:
                break
    if left or digest.hexdigest() != sha256:
        raise UsageError(f"{name}: {file} was changed: it is not the file that {MANIFEST} names")


def _replies(name: str, archive: zipfile.ZipFile) -> Iterator[Reply]:
    with archive.open(REPLIES) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8", errors="surrogateescape", newline="\n")
        for entry in read_replies(f"{name}: {REPLIES}", text):
            if isinstance(entry, BadLine):
                raise UsageError(str(entry))
            yield entry
