"""A bundle of data files, for machines without an internet: a zip of `fingerprints/`, a manifest and its signature.

`manifest.json` names the format, the date of the data, and each file with its size and SHA-256; `manifest.sig` is an
Ed25519 signature (RFC 8032) of it. Nothing is believed before the signature holds for a key that the user trusts, and
then nothing but what the manifest names: no other file, no path beside or above, not a byte more. The zip itself is
read with bounds, for it comes first and may be anybody's.
"""

import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from camscan.errors import BundleError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "camscan.data/1"
MANIFEST, SIGNATURE, ROOT = "manifest.json", "manifest.sig", "fingerprints/"
PURPOSE = b"camscan.data/1\n"  # goes before what is signed, so that a signature made for something else is none here
BUNDLE_LIMIT = 8 * 1024 * 1024  # bytes; all data of today take 150 kB, and the list of a zip 90 MB at most
MANIFEST_LIMIT = 1024 * 1024  # bytes; 5,000 files at 130 bytes each are less
SIGNATURE_SIZE = 64  # bytes, RFC 8032
FILE_LIMIT = 8 * 1024 * 1024  # bytes, as the reader of data files has it
TOTAL_LIMIT = 64 * 1024 * 1024  # bytes unpacked
FILES_LIMIT = 5_000  # one file an advisory; a hundred years of them
KEY_LIMIT = 4096  # bytes; a public key as PEM has 113

_NAME = re.compile(r"(?:[a-z][a-z0-9_-]{0,63}/)?[A-Za-z0-9][A-Za-z0-9_-]{0,127}\.toml")
_PACKING = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A public key that the user trusts: where it is from, and the hash that names it."""

    source: str
    id: str
    public: "Ed25519PublicKey"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Data files by their name below `fingerprints/`, their date, the manifest as signed, and by whose key."""

    date: date
    files: Mapping[str, bytes]
    manifest: bytes
    key: Key


def read_key(pem: bytes, source: str) -> Key:
    """A public key in PEM (RFC 8410). Raises `BundleError` for anything else, a private key above all."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        public = load_pem_public_key(pem[:KEY_LIMIT])
    except (ValueError, UnsupportedAlgorithm):
        raise BundleError(f"{source}: no public key in PEM") from None
    if not isinstance(public, Ed25519PublicKey):
        raise BundleError(f"{source}: a public key, but not of Ed25519")
    return Key(source=source, id=hashlib.sha256(public.public_bytes_raw()).hexdigest()[:16], public=public)


def read_bundle(data: bytes, keys: Sequence[Key]) -> Bundle:
    """The bundle, if one of the keys signed it. Raises `BundleError` with the reason for anything that is not right."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = _entries(archive)
            manifest = _content(archive, entries, MANIFEST, MANIFEST_LIMIT)
            key = _signer(manifest, _content(archive, entries, SIGNATURE, SIGNATURE_SIZE), keys)
            day, named = _manifest(manifest)
            _refuse_others(entries, named)
            files = {name: _file(archive, entries, name, *named[name]) for name in sorted(named)}
    except _BROKEN as error:
        raise BundleError(f"a zip that cannot be read: {error}") from None
    return Bundle(date=day, files=files, manifest=manifest, key=key)


def _entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    listed = archive.infolist()
    if len(listed) > FILES_LIMIT:
        raise BundleError(f"more than {FILES_LIMIT:,} files")
    entries = {entry.filename: entry for entry in listed}
    if len(entries) < len(listed):
        raise BundleError("a file stands in it twice")
    return entries


def _content(archive: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo], name: str, limit: int) -> bytes:
    """One file of at most `limit` bytes, whatever the zip says of its size."""
    entry = entries.get(name)
    if entry is None:
        raise BundleError(f"{name} is missing")
    if entry.compress_type not in _PACKING or entry.flag_bits & _ENCRYPTED:
        raise BundleError(f"{name}: packed in a way that is not used here")
    with archive.open(entry) as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise BundleError(f"{name}: larger than {limit:,} bytes")
    return data


def _signer(manifest: bytes, signature: bytes, keys: Iterable[Key]) -> Key:
    from cryptography.exceptions import InvalidSignature

    for key in keys:
        try:
            key.public.verify(signature, PURPOSE + manifest)
        except InvalidSignature:
            continue
        return key
    raise BundleError("its signature is of none of the keys trusted here, or the manifest was changed")


def _manifest(data: bytes) -> tuple[date, dict[str, tuple[int, str]]]:
    """The date and each file's size and hash. It is signed, so a mistake here is the publisher's own."""
    try:
        document = json.loads(data)
        if document["format"] != FORMAT:
            raise BundleError(f"{MANIFEST}: format {str(document['format'])[:64]!r}, not {FORMAT}")
        day = date.fromisoformat(document["date"])
        named = {name: _named(name, row) for name, row in document["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BundleError(f"{MANIFEST}: not a manifest of {FORMAT}") from None
    if not named or sum(size for size, _ in named.values()) > TOTAL_LIMIT:
        raise BundleError(f"{MANIFEST}: no files, or more than {TOTAL_LIMIT:,} bytes of them")
    return day, named


def _named(name: str, row: Mapping[str, Any]) -> tuple[int, str]:
    if not _NAME.fullmatch(name):
        raise BundleError(f"{MANIFEST}: {name[:128]!r} is no name of a data file")
    size, digest = row["size"], row["sha256"]
    if type(size) is not int or not 0 <= size <= FILE_LIMIT or not isinstance(digest, str):
        raise BundleError(f"{MANIFEST}: {name}: a size or a hash that is none")
    return size, digest


def _refuse_others(entries: Iterable[str], named: Iterable[str]) -> None:
    wanted = {MANIFEST, SIGNATURE, *(ROOT + name for name in named)}
    if others := sorted(set(entries) - wanted):
        raise BundleError(f"{others[0][:128]!r} is not in the manifest")


def _file(archive: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo], name: str, size: int, digest: str) -> bytes:
    data = _content(archive, entries, ROOT + name, size)
    if len(data) != size or hashlib.sha256(data).hexdigest() != digest:
        raise BundleError(f"{ROOT}{name}: not the file that was signed")
    return data
