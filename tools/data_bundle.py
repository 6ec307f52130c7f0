"""Makes a bundle of data files that `camscan update --from` installs, signed with a private key of Ed25519.

    openssl genpkey -algorithm ed25519 -out private.pem      # once; keep it off the machines that scan
    openssl pkey -in private.pem -pubout -out publisher.pem  # this one goes to their ~/.config/camscan/keys/
    python tools/data_bundle.py fingerprints --date 2026-12-01 --key private.pem --output data-2026-12-01.zip

The data are checked first, as `camscan fingerprint check` does. The same input gives the same bytes.
"""

import argparse
import hashlib
import json
import sys
import zipfile
from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from camscan.intake.bundle import FORMAT, MANIFEST, PURPOSE, ROOT, SIGNATURE

EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment of a zip: when it was made is nobody's business


def make_bundle(directory: Path, day: date, key: Ed25519PrivateKey, output: Path) -> int:
    """Writes the bundle; returns the number of files in it."""
    files = {path.relative_to(directory).as_posix(): path.read_bytes() for path in sorted(directory.rglob("*.toml"))}
    rows = {name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)} for name, data in files.items()}
    manifest = json.dumps({"format": FORMAT, "date": day.isoformat(), "files": rows}, indent=1).encode()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (
            (MANIFEST, manifest),
            (SIGNATURE, key.sign(PURPOSE + manifest)),
            *((ROOT + name, data) for name, data in files.items()),
        ):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), data, zipfile.ZIP_DEFLATED)
    return len(files)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Make a signed bundle of data files.")
    parser.add_argument("directory", type=Path, help="a directory like fingerprints/")
    parser.add_argument("--date", type=date.fromisoformat, required=True, help="the date of the data")
    parser.add_argument("--key", type=Path, required=True, help="a private key of Ed25519 in PEM, without a password")
    parser.add_argument("--output", type=Path, required=True, help="the bundle to write")
    given = parser.parse_args()
    key = load_pem_private_key(given.key.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        print(f"{given.key}: not a key of Ed25519", file=sys.stderr)
        return 2
    from camscan.cli.fingerprint import check

    if check(given.directory):
        return 2
    count = make_bundle(given.directory, given.date, key, given.output)
    print(f"{given.output}: {count} files, data of {given.date}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
