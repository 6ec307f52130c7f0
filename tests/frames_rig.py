"""A wire with emulated hosts at its end: two network namespaces, one of which holds a whole routed network.

nftables makes most addresses silent, some refuse everything, some have open ports, and packets get lost on the way.
"""

import asyncio
import os
import secrets
import shutil
import socket
import subprocess
from contextlib import ExitStack
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest

from camscan.lab import netns
from camscan.transport.link import Link
from camscan.transport.syn import syn_sweep
from tests.transport_rig import Rig

needs_frames = [
    pytest.mark.lab,
    pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("ip"), reason="needs root and the ip program"),
    pytest.mark.skipif(not shutil.which("nft"), reason="needs the nft program (nftables)"),
]

NETWORK = IPv4Network("10.70.0.0/22")
PORTS = (80, 554, 8000)
CAMERAS = [f"10.70.{n % 4}.{n + 7}" for n in range(40)]
REFUSING = [f"10.70.{n % 4}.{n + 100}" for n in range(60)]
OPEN = {(address, port) for address in CAMERAS for port in (80, 554)}

RULES = """
table inet site {{
  set cameras {{ type ipv4_addr; elements = {{ {cameras} }} }}
  set refusing {{ type ipv4_addr; elements = {{ {refusing} }} }}
  chain way_in {{ type filter hook prerouting priority -10; }}
  chain way_out {{ type filter hook postrouting priority 10; }}
  chain answer {{
    type filter hook input priority 0;
    ip daddr @cameras tcp dport {{ 80, 554 }} accept
    ip daddr @cameras drop
    ip daddr @refusing tcp flags syn reject with tcp reset
    ip daddr {network} drop
  }}
}}
"""


class Site:
    """The namespaces of one test: `scanner` at 10.69.0.1, and `hosts` behind the router 10.69.0.2."""

    def __init__(self, stack: ExitStack) -> None:
        run = secrets.token_hex(3)
        self.scanner, self.hosts = f"camscan-{run}-a", f"camscan-{run}-b"
        netns.create([self.scanner, self.hosts])
        stack.callback(netns.remove, [self.scanner, self.hosts])
        netns.configure(self.scanner, [f"link add wire type veth peer name wire netns {self.hosts}"])
        netns.configure(self.scanner, ["addr add 10.69.0.1/24 dev wire", "link set wire up", "link set lo up"])
        netns.configure(self.hosts, ["addr add 10.69.0.2/24 dev wire", "link set wire up", "link set lo up"])
        netns.configure(self.hosts, [f"route add local {NETWORK} dev lo"])
        self.nft(RULES.format(cameras=", ".join(CAMERAS), refusing=", ".join(REFUSING), network=NETWORK))
        with netns.inside(self.hosts):
            for port in (80, 554):
                server = stack.enter_context(socket.create_server(("0.0.0.0", port), backlog=1024))
                server.setblocking(False)

    def nft(self, rules: str) -> None:
        with netns.inside(self.hosts):
            subprocess.run(["nft", "-f", "-"], input=rules, text=True, check=True, timeout=30)

    def lose(self, percent: int) -> None:
        for chain in ("way_in", "way_out"):
            self.nft(f"add rule inet site {chain} meta l4proto tcp numgen random mod 100 < {percent} drop")

    def half_open(self) -> str:
        with netns.inside(self.hosts):
            return Path("/proc/thread-self/net/tcp").read_text().count(" 03 ") * "half open "

    def link(self) -> Link:
        macs = [self._mac(name) for name in (self.scanner, self.hosts)]
        return Link(interface="wire", mac=macs[0], address="10.69.0.1", router=macs[1])

    def sweep(self, rig: Rig, *networks: IPv4Network, ports: tuple[int, ...] = PORTS) -> list[tuple[str, int]]:
        async def run() -> list[tuple[str, int]]:
            sweep = syn_sweep(rig.wire, link, networks or (NETWORK,), ports)
            return [(str(IPv4Address(found.address)), found.port) async for found in sweep]

        link = self.link()
        with netns.inside(self.scanner):
            return asyncio.run(run())

    @staticmethod
    def _mac(name: str) -> bytes:
        shown = subprocess.run(
            ["ip", "-n", name, "-o", "link", "show", "wire"],
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
        words = shown.stdout.split()
        return bytes.fromhex(words[words.index("link/ether") + 1].replace(":", ""))
