"""What becomes of an inventory on a disk that is nearly full: `python -m tests.small_disk DIRECTORY WHAT FREE` fills
the disk until so many bytes are free (0: leaves it), does one thing that needs more, makes room again, and tells as
JSON how that ended and what is there. To be run where the directory is a small disk of its own.
"""

import json
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from camscan.errors import CannotRunError
from camscan.inventory.place import Place
from tests.cli_rig import run
from tests.inventory_rig import camera, made, put, scanned

MANY = 2_000  # devices: some 5 MB


def large_night(path: Path) -> None:
    """More devices than there is room for."""
    with made(Place(path=path)) as inventory:
        devices = (camera(1, f"10.1.{n // 250}.{n % 250}", serial=f"S{n:015}", mac=None) for n in range(MANY))
        put(inventory, scanned(9, *devices))


def scan(path: Path) -> tuple[int, str]:
    try:
        large_night(path)
    except CannotRunError as error:
        return 4, f"{error}\n"
    return 0, ""


def backup(path: Path) -> tuple[int, str]:
    copy = path.with_name("copy.sqlite")
    ended = run("inventory", "backup", str(copy), "--inventory", str(path))
    copy.unlink(missing_ok=True)
    return ended.code, ended.err


def restore(path: Path) -> tuple[int, str]:
    with tempfile.TemporaryDirectory() as elsewhere:
        large = Path(elsewhere) / "large.sqlite"
        large_night(large)
        ended = run("inventory", "restore", str(large), "--inventory", str(path), "--force")
    return ended.code, ended.err


def prune(path: Path) -> tuple[int, str]:
    ended = run("inventory", "prune", "--older-than", "0", "--inventory", str(path))
    return ended.code, ended.err


def fill(disk: Path, free: int) -> None:
    """Leaves so many bytes, as the file system counts them."""
    left = os.statvfs(disk)
    with suppress(OSError):
        (disk / "filler").write_bytes(bytes(max(0, left.f_bavail * left.f_bsize - free)))


def main(disk: Path, what: str, free: int) -> dict[str, Any]:
    path = disk / "inventory.sqlite"
    if free:
        fill(disk, free)
    code, err = {"scan": scan, "backup": backup, "restore": restore, "prune": prune}[what](path)
    (disk / "filler").unlink(missing_ok=True)
    checked = run("inventory", "check", "--inventory", str(path))
    devices = json.loads(run("devices", "--inventory", str(path), "-f", "json").out)["devices"]
    return {
        "code": code,
        "err": err,
        "check": checked.code,
        "devices": [one["address"] for one in devices],
        "left": sorted(one.name for one in disk.iterdir()),
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))))  # noqa: T201
