"""`camscan update`: newer data take the place of older ones, whole; everything else leaves them as they are."""

import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from camscan.cli import data as data_files
from camscan.cli import keys
from camscan.cli import update as update_command
from camscan.cli.data import data_home, data_in_use, shipped_data
from camscan.datafile import default_directory
from tests.bundle_rig import manifest_of, signed, write_key
from tests.cli_rig import Ended, run

PRIVATE = Ed25519PrivateKey.generate()
NEWER = (date.fromisoformat(shipped_data().date) + timedelta(days=1)).isoformat()
NEWEST = (date.fromisoformat(NEWER) + timedelta(days=1)).isoformat()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's home with one trusted key, on a day on which newer data may exist."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(keys, "SYSTEM_KEYS", tmp_path / "none")
    monkeypatch.setattr(update_command, "today", lambda: date.fromisoformat(NEWEST))
    write_key(tmp_path / "config" / "camscan" / "keys" / "publisher.pem", PRIVATE)
    return tmp_path


def shipped() -> dict[str, bytes]:
    root = default_directory()
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*.toml")}


def bundle(
    home: Path, day: str = NEWER, files: dict[str, bytes] | None = None, key: Ed25519PrivateKey = PRIVATE
) -> Path:
    files = files or shipped()
    path = home / f"{day}.zip"
    path.write_bytes(signed(key, manifest_of(files, day), files))
    return path


def refused(*arguments: object) -> str:
    before = data_in_use()
    ended = run("update", *map(str, arguments))
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert data_in_use() == before
    return ended.err


def installed(home: Path, day: str = NEWER) -> Ended:
    ended = run("update", "--from", str(bundle(home, day)))
    assert ended.code == 0, ended.err
    return ended


def test_newer_data_are_used_by_every_command_from_then_on(home: Path) -> None:
    files = shipped()
    name = "advisories/CVE-2017-7921.toml"
    files[name] = files[name].replace(b'title = "Authentication', b'title = "Newer words: authentication')
    ended = run("update", "--from", str(bundle(home, files=files)))
    assert ended.code == 0
    assert f"data of {NEWER} in use from now on" in ended.err
    assert "publisher.pem" in ended.err
    assert f", data of {NEWER}, installed in " in run("--version").out
    assert "Newer words" in run("advisories", "--cve", "CVE-2017-7921").out
    assert run("fingerprint", "check").code == 0


def test_the_next_one_takes_its_place_and_nothing_is_left_of_it(home: Path) -> None:
    installed(home)
    installed(home, NEWEST)
    assert data_in_use().date == NEWEST
    names = sorted(path.name.split("-")[0] for path in (home / "data" / "camscan").iterdir())
    assert names == ["current", "data"]


def test_the_same_and_older_data_are_refused(home: Path) -> None:
    installed(home, NEWEST)
    for day in (NEWEST, NEWER, shipped_data().date, "2001-01-01"):
        assert f"data of {day}, not newer than those in use, of {NEWEST}" in refused("--from", bundle(home, day))


def test_data_that_came_along_later_win_over_those_installed_before(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(home)
    later = data_files.Data(directory=default_directory(), date=NEWEST, installed=False)
    monkeypatch.setattr(data_files, "shipped_data", lambda: later)
    assert data_in_use() == later


def test_data_of_the_future_are_refused(home: Path) -> None:
    day = (date.fromisoformat(NEWEST) + timedelta(days=2)).isoformat()
    ended = run("update", "--from", str(bundle(home, day)))
    assert (ended.code, "which is not yet" in ended.err) == (4, True)
    assert not data_in_use().installed


def test_a_key_may_be_named_and_must_be_nobody_elses_to_change(home: Path) -> None:
    other = Ed25519PrivateKey.generate()
    path = bundle(home, key=other)
    assert "none of the keys trusted here" in refused("--from", path)
    key = write_key(home / "other.pem", other)
    key.chmod(0o666)
    assert "others than its owner may change this key" in refused("--from", path, "--key", key)
    key.chmod(0o600)
    assert run("update", "--from", str(path), "--key", str(key)).code == 0


def test_without_a_key_nothing_is_believed(home: Path) -> None:
    (home / "config" / "camscan" / "keys" / "publisher.pem").unlink()
    assert "no key to check a signature by" in refused("--from", bundle(home))


@pytest.mark.parametrize("make", [lambda path: None, Path.mkdir, os.mkfifo, lambda path: path.write_bytes(b"no zip")])
def test_what_is_no_bundle_is_refused(home: Path, make: object) -> None:
    make(home / "x.zip")  # type: ignore[operator]
    assert "x.zip" in refused("--from", home / "x.zip")


@pytest.mark.parametrize("name", ["http.toml", "policies/us-ndaa-889.toml"])
def test_data_that_do_not_load_are_refused_though_signed(home: Path, name: str) -> None:
    files = shipped() | {name: b"protocol = 5\n"}
    assert f"{name}: " in refused("--from", bundle(home, files=files))
    assert list((home / "data" / "camscan").iterdir()) == []


def test_what_was_installed_and_then_broken_is_not_used(home: Path) -> None:
    installed(home)
    manifest = (home / "data" / "camscan" / "current" / "manifest.json").resolve()
    manifest.write_text("{")
    assert not data_in_use().installed


def test_installed_data_that_were_damaged_are_refused_before_anything_is_sent(home: Path) -> None:
    installed(home)
    name = "exposures.toml"
    (path,) = (home / "data" / "camscan" / "current").resolve().rglob(name)
    path.write_text("protocol = 5\n")
    ended = run("scan", "--dry-run", "--no-record", "127.0.0.1")
    assert (ended.code, ended.out) == (2, "")
    assert name in ended.err


def test_a_home_that_is_not_absolute_counts_for_nothing() -> None:
    assert data_home({"XDG_DATA_HOME": "here"}) == Path.home() / ".local" / "share" / "camscan"


def test_the_tool_makes_what_update_takes(home: Path) -> None:
    private = home / "private.pem"
    private.write_bytes(PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    tool = Path(__file__).parent.parent / "tools" / "data_bundle.py"
    command = [sys.executable, str(tool), str(default_directory()), "--date", NEWER, "--key", str(private)]
    environment = os.environ | {"PYTHONPATH": str(tool.parent.parent)}
    for name in ("one.zip", "other.zip"):
        subprocess.run([*command, "--output", str(home / name)], check=True, env=environment, capture_output=True)
    assert (home / "one.zip").read_bytes() == (home / "other.zip").read_bytes()
    assert run("update", "--quiet", "--from", str(home / "one.zip")).code == 0
    assert data_in_use().date == NEWER
