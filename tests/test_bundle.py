"""Bundles: what is signed is taken as it is, and nothing else is taken at all."""

import json
import struct
import zipfile
from io import BytesIO
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from camscan.errors import BundleError
from camscan.intake.bundle import FILES_LIMIT, MANIFEST, PURPOSE, ROOT, SIGNATURE, Key, read_bundle, read_key
from tests.bundle_rig import FILES, manifest_of, public_pem, signed, zipped

PRIVATE = Ed25519PrivateKey.generate()
KEY = read_key(public_pem(PRIVATE), "publisher.pem")
GOOD = manifest_of(FILES)


def refused(data: bytes, *keys: Key) -> str:
    with pytest.raises(BundleError) as caught:
        read_bundle(data, keys or (KEY,))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_good_bundle_is_what_was_signed() -> None:
    other = read_key(public_pem(Ed25519PrivateKey.generate()), "other.pem")
    bundle = read_bundle(signed(PRIVATE, GOOD, FILES), (other, KEY))
    assert dict(bundle.files) == FILES
    assert (str(bundle.date), bundle.key) == ("2027-01-01", KEY)


def test_another_key_is_none() -> None:
    assert "none of the keys trusted" in refused(signed(Ed25519PrivateKey.generate(), GOOD, FILES))


def test_a_changed_manifest_signature_or_file_is_refused() -> None:
    text = json.dumps(GOOD).encode()
    signature = PRIVATE.sign(PURPOSE + text)
    rest = [(ROOT + name, data) for name, data in FILES.items()]
    changed = text.replace(b"2027", b"2028")
    assert "signature" in refused(zipped([(MANIFEST, changed), (SIGNATURE, signature), *rest]))
    assert "signature" in refused(zipped([(MANIFEST, text), (SIGNATURE, signature[::-1]), *rest]))
    assert "signature" in refused(zipped([(MANIFEST, text), (SIGNATURE, PRIVATE.sign(text)), *rest]))
    assert "not the file that was signed" in refused(
        signed(PRIVATE, GOOD, FILES | {"vendors.toml": b"date = 2027-01-02\n"})
    )
    assert "not the file that was signed" in refused(signed(PRIVATE, GOOD, FILES | {"vendors.toml": b""}))


@pytest.mark.parametrize(
    "name",
    ["../vendors.toml", "/etc/cron.d/x.toml", "a/../../x.toml", "a/b/c.toml", "..", "x.py", "a\\b.toml", "a b.toml",
     ".hidden.toml", "A/x.toml", "x.toml\0", "-x.toml", "C:/x.toml", "x.toml/", ""],
)  # fmt: skip
def test_no_name_leads_out_of_the_directory(name: str) -> None:
    assert "is no name of a data file" in refused(signed(PRIVATE, manifest_of({name: b"x"}), {}))


def test_what_the_manifest_does_not_name_is_refused() -> None:
    assert "'fingerprints/more.toml' is not in the manifest" in refused(
        signed(PRIVATE, GOOD, FILES | {"more.toml": b""})
    )
    beside = zipped([*_parts(GOOD), ("../x.toml", b"x")])
    assert "'../x.toml' is not in the manifest" in refused(beside)
    assert "fingerprints/advisories/CVE-1.toml is missing" in refused(signed(PRIVATE, GOOD, {}))


def _parts(manifest: dict[str, Any]) -> list[tuple[str, bytes]]:
    text = json.dumps(manifest).encode()
    rest = [(ROOT + name, data) for name, data in FILES.items()]
    return [(MANIFEST, text), (SIGNATURE, PRIVATE.sign(PURPOSE + text)), *rest]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_twice_is_refused() -> None:
    assert "twice" in refused(zipped([*_parts(GOOD), (ROOT + "vendors.toml", b"x")]))


def test_what_unpacks_to_more_than_it_says_is_cut_off() -> None:
    bomb = b"0" * 50_000_000
    assert "larger than 1,048,576 bytes" in refused(zipped([(MANIFEST, bomb), (SIGNATURE, b"x" * 64)]))
    assert "larger than 18 bytes" in refused(signed(PRIVATE, GOOD, FILES | {"vendors.toml": bomb}))
    assert "larger than 64 bytes" in refused(zipped([(MANIFEST, b"{}"), (SIGNATURE, bomb)]))
    many = zipped([(f"x{number}", b"") for number in range(FILES_LIMIT + 1)])
    assert f"more than {FILES_LIMIT:,} files" in refused(many)


@pytest.mark.parametrize(
    "change",
    [
        {"format": "camscan.data/2"},
        {"date": "soon"},
        {"date": 5},
        {"files": {}},
        {"files": []},
        {"files": {"x.toml": 5}},
        {"files": {"x.toml": {"size": -1, "sha256": ""}}},
        {"files": {"x.toml": {"size": True, "sha256": ""}}},
        {"files": {"x.toml": {"size": 1e9, "sha256": ""}}},
        {"files": {"x.toml": {"size": 10**9, "sha256": ""}}},
        {"files": {f"x{n}.toml": {"size": 8 * 1024 * 1024, "sha256": ""} for n in range(9)}},
    ],
)
def test_a_manifest_that_is_signed_but_none_is_refused(change: dict[str, Any]) -> None:
    assert "manifest.json" in refused(signed(PRIVATE, GOOD | change, FILES))


@pytest.mark.parametrize("text", [b"", b"[]", b"null", b"[" * 100_000, b'{"format": "camscan.data/1"}', b"\xff\xfe"])
def test_a_manifest_that_is_no_json_of_its_kind_is_refused(text: bytes) -> None:
    assert "not a manifest" in refused(signed(PRIVATE, text, FILES))


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"x" * 1000, b"PK\x05\x06" + b"\0" * 18, b"PK\x05\x06" + b"\xff" * 18]
)
def test_what_is_no_zip_is_refused(data: bytes) -> None:
    assert refused(data)


def test_every_cut_and_many_changed_bytes_are_refused_and_nothing_else_is_raised() -> None:
    data = signed(PRIVATE, GOOD, FILES)
    for end in range(0, len(data), 7):
        assert refused(data[:end])
    for place in range(0, len(data), 3):
        changed = data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]
        try:
            assert dict(read_bundle(changed, (KEY,)).files) == FILES  # a byte that says nothing, as a time of day
        except BundleError:
            continue


def test_encrypted_and_exotic_packing_is_refused() -> None:
    data = bytearray(signed(PRIVATE, GOOD, FILES))
    central = data.rindex(b"PK\x01\x02", 0, data.index(b"PK\x05\x06"))
    first = data.index(b"PK\x01\x02")
    assert first <= central
    struct.pack_into("<H", data, first + 8, 1)
    assert "packed in a way" in refused(bytes(data))
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr(MANIFEST, b"{}")
    assert "packed in a way" in refused(stream.getvalue())


def test_only_a_public_key_of_ed25519_is_one() -> None:
    private = PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for pem in (b"", b"x", private, public_pem(generate_private_key(SECP256R1())), b"-----BEGIN PUBLIC KEY-----\n"):
        with pytest.raises(BundleError, match=r"some\.pem"):
            read_key(pem, "some.pem")
