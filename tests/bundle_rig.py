"""Bundles of data files, good and bad, signed by keys that are made here and nowhere else."""

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from camscan.intake.bundle import FORMAT, MANIFEST, PURPOSE, ROOT, SIGNATURE

FILES = {"vendors.toml": b"date = 2027-01-01\n", "advisories/CVE-1.toml": b'id = "CVE-1"\n'}


def public_pem(key: Any) -> bytes:
    made: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return made


def manifest_of(files: dict[str, bytes], day: str = "2027-01-01", form: str = FORMAT) -> dict[str, Any]:
    rows = {name: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()}
    return {"format": form, "date": day, "files": rows}


def zipped(entries: list[tuple[str, bytes]]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return stream.getvalue()


def signed(key: Ed25519PrivateKey, manifest: object, entries: dict[str, bytes]) -> bytes:
    """A bundle with this manifest, whatever it says, rightly signed."""
    text = manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode()
    parts = [(MANIFEST, text), (SIGNATURE, key.sign(PURPOSE + text))]
    return zipped(parts + [(ROOT + name, data) for name, data in entries.items()])


def write_key(path: Path, key: Ed25519PrivateKey) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(public_pem(key))
    path.chmod(0o644)
    return path
