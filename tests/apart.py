"""The processes that share the tests of a run (pytest-xdist): as root each has a network of its own with nothing in it but
loopback, so that two emulated sites never want the same address, and nothing can leave this machine.

Linux only, by `unshare(2)`. Where that is not possible the tests that need the one loopback go to one process.
"""

import ctypes
import subprocess
from pathlib import Path

import pytest

from camscan.lab import netns

_CLONE_NEWNET = 0x40000000  # linux/sched.h

ALONE = ("lab",)  # markers whose tests measure times and rates: one after the other


def leave_the_network() -> None:
    """Takes this thread, and whatever it starts from now on, into a network of its own."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNET) == 0:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def share(items: list[pytest.Item]) -> None:
    """Tests of one file go to one process, as they share what they build up; those of the lab all to one."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))


def _group(item: pytest.Item) -> str:
    path = Path(item.path)
    if any(item.get_closest_marker(name) for name in ALONE):
        return "lab"
    if netns.obstacle() and "loopback" in path.read_text(encoding="utf-8"):
        return "loopback"
    return path.stem
