"""Network namespaces by name: make, enter, configure and remove them, with `ip` (iproute2) and `setns(2)`.

The rule: every command names the namespace it works in, and none of them is the one this program was started in, so no
interface of the machine is ever touched. A thread that enters a namespace leaves it again.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from camscan.errors import CannotRunError

_DIRECTORY = Path("/run/netns")  # where `ip netns` keeps them
_CLONE_NEWNET = 0x40000000  # linux/sched.h
_SECONDS = 30.0  # for one batch of `ip`; the largest takes a tenth of a second


def obstacle() -> str | None:
    """Why this machine or user cannot have network namespaces; None where they can."""
    if not sys.platform.startswith("linux"):
        return "network namespaces need Linux"
    if os.geteuid() != 0:
        return "network namespaces need root"
    return None if shutil.which("ip") else "network namespaces need the program `ip` (iproute2)"


def create(names: Iterable[str]) -> None:
    """Makes empty namespaces. Raises `CannotRunError`."""
    _batch([f"netns add {name}" for name in names], None)


def remove(names: Iterable[str]) -> None:
    """Removes those of the names that exist, with every interface in them."""
    there = [name for name in names if (_DIRECTORY / name).exists()]
    if there:
        _batch([f"netns delete {name}" for name in there], None)


def configure(name: str, commands: Iterable[str]) -> None:
    """Runs `ip` commands inside the namespace. Raises `CannotRunError` with what `ip` says."""
    _batch(list(commands), name)


def _batch(commands: list[str], name: str | None) -> None:
    program = shutil.which("ip")
    if program is None:
        raise CannotRunError("the program `ip` (iproute2) is not installed")
    inside_of = ["-n", name] if name else []
    done = subprocess.run(  # noqa: S603 - the arguments are ours
        [program, *inside_of, "-batch", "-"],
        input="\n".join([*commands, ""]),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        start_new_session=True,  # an interrupt from the keyboard must not cut the removal short
        check=False,
    )
    if done.returncode:
        raise CannotRunError(f"ip: {done.stderr.strip() or done.returncode}")


@contextmanager
def inside(name: str) -> Iterator[None]:
    """The calling thread is in the namespace while the context lasts; sockets opened there stay there."""
    with Path("/proc/thread-self/ns/net").open("rb") as home, (_DIRECTORY / name).open("rb") as there:
        _enter(there.fileno())
        try:
            yield
        finally:
            _enter(home.fileno())


def _enter(descriptor: int) -> None:
    if sys.version_info >= (3, 12):
        os.setns(descriptor, _CLONE_NEWNET)
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, _CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def write_sysctl(name: str, value: str) -> None:
    """Sets a kernel parameter of the namespace the calling thread is in, `net.ipv4.ip_forward` and the like."""
    Path("/proc/sys", *name.split(".")).write_text(value, encoding="ascii")
