"""What every client of the lab calls first: it refuses to run anywhere but in the scanner namespace it is told."""

import os
import socket
import sys
from pathlib import Path


def enter_only(name: str) -> None:
    """Ends the program unless it is in the namespace of this name, which a lab made, and sees no interface but its."""
    inside = Path("/proc/self/ns/net").stat().st_ino
    expected = Path("/run/netns", name).stat().st_ino
    interfaces = {each for _, each in socket.if_nameindex()}
    if not name.startswith("camscan-") or inside != expected or interfaces != {"lo", "eth0"}:
        sys.exit(f"not in the lab's namespace {name} (process {os.getpid()}, interfaces {sorted(interfaces)})")
