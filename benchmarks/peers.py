"""The command lines of the programs compared, each at its best for the work, and what their output says was found."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from ipaddress import IPv4Network
from pathlib import Path
from xml.etree import ElementTree

from wires import INTERFACE, Ends

HERE = Path(__file__).parent
ARP_RATE = 10_000  # a second, for all: what a switch carries without loss
MAKER_NAMES = {"hikvision": re.compile(r"(?i)hikvision"), "dahua": re.compile(r"(?i)dahua")}

Open = set[tuple[str, int]]


def has(program: str) -> bool:
    """Whether a program is installed. Says so where it is not."""
    found = shutil.which(program) is not None
    if not found:
        print(f"{program} is not installed: left out")
    return found


def camscan(*words: str) -> list[str]:
    """The program as a user runs it."""
    return [sys.executable, "-m", "camscan", *words]


def camscan_ports() -> tuple[int, ...]:
    """The ports that camscan tries."""
    wanted = "from camscan.discover.plan import swept_ports; from camscan.protocols.registry import load_protocols"
    command = [sys.executable, "-c", f"{wanted}; print(*swept_ports(load_protocols()))"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return tuple(map(int, said.stdout.split()))


def syn_engine(ends: Ends, network: IPv4Network, ports: Sequence[int], rate: float) -> list[str]:
    """The SYN engine by itself: discovery and nothing else, as the peers do."""
    return _engine("syn", ends, network, rate, router=ends.far_mac, ports=[*ports])


def _engine(name: str, ends: Ends, network: IPv4Network, rate: float, **more: object) -> list[str]:
    options = {"interface": INTERFACE, "network": str(network), "rate": rate, "address": ends.address, "mac": ends.mac}
    return [sys.executable, str(HERE / "engine.py"), name, json.dumps(options | more)]


def read_pairs(output: str) -> Open:
    """Lines of address and port."""
    return {(words[0], int(words[1])) for words in map(str.split, output.splitlines())}


def masscan(ends: Ends, network: IPv4Network, ports: Sequence[int], rate: int) -> list[str]:
    """One second of waiting at the end instead of ten: as much as camscan waits at most."""
    ways = ["--adapter", INTERFACE, "--adapter-ip", ends.address, "--router-mac", ends.far_mac]
    return ["masscan", str(network), "-p", _listed(ports), "--rate", str(rate), "--wait", "1", *ways]


def read_masscan(output: str) -> Open:
    """`Discovered open port 80/tcp on 10.0.0.1`."""
    found = re.findall(r"Discovered open port (\d+)/tcp on (\S+)", output)
    return {(address, int(port)) for port, address in found}


def nmap_syn(network: IPv4Network, ports: Sequence[int], rate: int) -> list[str]:
    """-T5 alone would take the better part of an hour; without retries and with a least rate it is at its fastest."""
    hurry = ["-T5", "--min-rate", str(rate), "--max-retries", "0"]
    return ["nmap", "-sS", "-n", "-Pn", *hurry, "-p", _listed(ports), "--open", "-oG", "-", str(network)]


def read_nmap(output: str) -> Open:
    """The grepable form: `Host: 10.0.0.1 ()  Ports: 80/open/tcp//http///, …`."""
    lines = re.findall(r"Host: (\S+) .*Ports: (.*)", output)
    return {(address, int(port)) for address, ports in lines for port in re.findall(r"(\d+)/open/", ports)}


def arp_engine(ends: Ends, network: IPv4Network) -> list[str]:
    """The ARP engine by itself."""
    return _engine("arp", ends, network, ARP_RATE)


def arp_scan(network: IPv4Network) -> list[str]:
    """At the same pace, with as many tries, and as long a wait after each."""
    tuned = [f"--interval={1_000_000 // ARP_RATE}u", "--retry=2", "--timeout=100", "--backoff=1"]
    return ["arp-scan", "--interface", INTERFACE, "--quiet", "--plain", *tuned, str(network)]


def nmap_arp(network: IPv4Network) -> list[str]:
    """The host discovery of nmap on the wire at that pace, with one retry."""
    hurry = ["-T5", "--min-rate", str(ARP_RATE), "--max-retries", "1"]
    return ["nmap", "-sn", "-n", "-PR", *hurry, "-oG", "-", str(network)]


def read_addresses(output: str) -> set[str]:
    """The address each line begins with, or names as a host that is up."""
    return set(re.findall(r"(?m)^(?:Host: )?(10\.[\d.]+)", output))


def nmap_versions(network: str, ports: Sequence[int]) -> list[str]:
    """The identification of services by nmap on the same ports, all hosts at once."""
    return ["nmap", "-sV", "-n", "-T5", "--min-hostgroup", "256", "--open", "-p", _listed(ports), "-oX", "-", network]


def read_names(document: str) -> dict[str, str]:
    """All that nmap says of each host's services in words. A document cut short counts as far as it goes."""
    reader = ElementTree.XMLPullParser(["end"])
    named: dict[str, str] = {}
    try:
        reader.feed(document)
        for _, element in reader.read_events():
            if element.tag == "host":
                address = element.find("address[@addrtype='ipv4']")
                services = [" ".join(service.attrib.values()) for service in element.iter("service")]
                named[address.get("addr", "") if address is not None else ""] = " ".join(services)
    except ElementTree.ParseError:
        print("the output of nmap ends early")
    return named


def versions() -> str:
    """Which peers these are."""
    asked = {"nmap": "--version", "masscan": "--version", "arp-scan": "--version"}
    found = (_version(program, word) for program, word in asked.items() if shutil.which(program))
    return ", ".join(found) or "no peers"


def _version(program: str, word: str) -> str:
    said = subprocess.run([program, word], capture_output=True, text=True, check=False, timeout=30)
    number = re.search(r"\d+\.\d[\d.]*", said.stdout + said.stderr)
    return f"{program} {number[0]}" if number else program


def _listed(ports: Sequence[int]) -> str:
    return ",".join(map(str, ports))
