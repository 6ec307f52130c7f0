"""Keys that may sign data: those named on the command line, those of this user and those of this machine.

They stand in `$XDG_CONFIG_HOME/camscan/keys/` (`~/.config/camscan/keys/`) and `/etc/camscan/keys/`. (XDG Base Directory
0.8)
"""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from camscan.cli.data import own_directory
from camscan.errors import BundleError

if TYPE_CHECKING:
    from camscan.intake.bundle import Key

SYSTEM_KEYS = Path("/etc/camscan/keys")


def key_folder(environment: Mapping[str, str] = os.environ) -> Path | None:
    """Where this user's keys are."""
    base = own_directory("XDG_CONFIG_HOME", ".config", environment)
    return base / "keys" if base else None


def trusted_keys(named: list[Path], environment: Mapping[str, str] = os.environ) -> list["Key"]:
    """The keys named, and those of this user and of this machine. Raises `BundleError` for one that is none, or that
    others than its owner may change."""
    from camscan.intake.bundle import KEY_LIMIT, read_key

    keys = []
    for path in (*named, *_key_files(environment)):
        try:
            with path.open("rb") as stream:
                mode = os.fstat(stream.fileno()).st_mode
                pem = stream.read(KEY_LIMIT) if stat.S_ISREG(mode) else b""
        except OSError as error:
            raise BundleError(f"{path}: {(error.strerror or str(error)).lower()}") from None
        if mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise BundleError(f"{path}: others than its owner may change this key; chmod go-w it")
        keys.append(read_key(pem, str(path)))
    return keys


def _key_files(environment: Mapping[str, str]) -> Iterator[Path]:
    for folder in (key_folder(environment), SYSTEM_KEYS):
        if folder and folder.is_dir():
            yield from sorted(folder.glob("*.pem"))
