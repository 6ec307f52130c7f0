"""The main job on real packets: the emulated site is scanned from a second namespace while tcpdump watches the wire.

Every planted device is found and named, with the channels that found it; nothing leaves the scope; with multicast and
broadcast cut, unicast still finds what answers it.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_address
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import ARP, Ether
from scapy.utils import PcapReader

from camscan.lab import namespaces, netns
from camscan.lab.device import Device
from camscan.lab.network import Network
from camscan.lab.site import load_site
from camscan.model import MAKERS
from camscan.report.shape import json_schema
from tests.fault_rig import NO_RAW

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(netns.obstacle() is not None, reason=str(netns.obstacle())),
]

LAN = IPv4Network("10.83.10.0/24")
SCANNER = "10.83.10.2"
SCANNER_MAC = "02:00:5e:10:00:02"
GROUPS = {
    ("239.255.255.250", 37020),
    ("239.255.255.251", 37810),
    ("239.255.255.250", 3702),
    ("239.255.255.250", 1900),
    ("224.0.0.251", 5353),
}
BROADCASTS = {"255.255.255.255", str(LAN.broadcast_address)}
MEMBERSHIP = 2  # IP protocol number of IGMP: the kernel's own announcement that it listens to a group
ENCRYPTED = (443, 8443)
SCAN_SECONDS = 150


@dataclass(frozen=True)
class Scan:
    """One scan of the town hall: the document, the wire as tcpdump saw it, and the log of what was sent."""

    document: dict[str, Any]
    packets: Path
    requests: list[dict[str, Any]]
    message: str

    def device(self, address: str) -> dict[str, Any]:
        """The one record that holds this address."""
        (found,) = (d for d in self.document["devices"] if address in d["addresses"])
        return dict(found)


@pytest.fixture(scope="module")
def site() -> Iterator[Network]:
    with namespaces.build(load_site()) as network:
        assert network.missing == ()
        yield network


@pytest.fixture(scope="module")
def whole(site: Network, tmp_path_factory: pytest.TempPathFactory) -> Scan:
    return scan(site, tmp_path_factory.mktemp("whole"), str(LAN))


def scan(site: Network, folder: Path, *arguments: str, under: tuple[str, ...] = ()) -> Scan:
    """Runs `camscan scan` in the scanner's namespace, and nowhere else, under tcpdump (and `under` another command)."""
    assert site.scanner
    assert Path("/run/netns", site.scanner).stat().st_ino != Path("/proc/self/ns/net").stat().st_ino
    log, packets = folder / "requests.jsonl", folder / "packets.pcap"
    command = [sys.executable, "-m", "camscan", "scan", *arguments, "--format", "json", "--request-log", str(log)]
    with captured(site.scanner, packets):
        done = subprocess.run(
            ["ip", "netns", "exec", site.scanner, *under, *command],
            capture_output=True,
            text=True,
            timeout=SCAN_SECONDS,
        )
    assert done.returncode == 0, done.stderr
    requests = [json.loads(line) for line in log.read_text().splitlines()]
    return Scan(document=json.loads(done.stdout), packets=packets, requests=requests, message=done.stderr)


@contextmanager
def captured(namespace: str, path: Path) -> Iterator[None]:
    """Everything that crosses the scanner's interface while the block runs."""
    command = [
        "ip",
        "netns",
        "exec",
        namespace,
        "tcpdump",
        "-i",
        "eth0",
        "-U",
        "-s",
        "0",
        "-B",
        "32768",
        "-w",
        str(path),
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as tcpdump:
        assert tcpdump.stderr
        assert any(b"listening on eth0" in line for line in iter(tcpdump.stderr.readline, b""))
        try:
            yield
        finally:
            time.sleep(1.0)
            os.kill(tcpdump.pid, signal.SIGINT)
            tcpdump.wait(10)


def targets(site: Network) -> dict[str, Device]:
    """The planted Hikvision and Dahua devices on the wire of the town hall."""
    return {a: d for a, d in site.devices.items() if d.wire == "town-hall" and d.truth.vendor in MAKERS}


def test_the_site_is_large_enough(site: Network) -> None:
    assert len([d for d in site.devices.values() if d.wire == "town-hall"]) >= 30


def test_every_planted_device_is_found_and_named(site: Network, whole: Scan) -> None:
    for address, device in targets(site).items():
        found = whole.device(address)
        truth = {k: getattr(device.truth, k) for k in ("vendor", "model", "firmware") if getattr(device.truth, k)}
        assert {k: found[k] for k in truth} == truth, device.id


def test_brands_serials_and_kinds_are_right(site: Network, whole: Scan) -> None:
    wrong = [
        (device.id, attribute, getattr(device.truth, attribute), whole.device(address)[attribute])
        for address, device in targets(site).items()
        for attribute in ("brand", "serial", "kind", "build")
        if getattr(device.truth, attribute) not in (None, whole.device(address)[attribute])
    ]
    assert wrong == []


def test_nobody_else_is_called_one_of_the_two(site: Network, whole: Scan) -> None:
    for address, device in site.devices.items():
        named = [d for d in whole.document["devices"] if address in d["addresses"] and d["vendor"] in MAKERS]
        if device.truth.vendor not in MAKERS:
            assert not named or (device.truth.imitates and named[0]["conflicts"]), device.id


def test_each_device_was_found_by_the_channels_it_answers(site: Network, whole: Scan) -> None:
    by_protocol = {"sadp", "dhdiscover", "wsdiscovery", "http", "rtsp", "hik_sdk", "dvrip", "tls"}
    for address, device in targets(site).items():
        spoken = {s["protocol"] for s in whole.device(address)["services"]}
        reachable = by_protocol & device.channels if ip_address(address) in LAN else by_protocol & spoken
        assert reachable <= spoken, device.id


def test_units_with_a_factory_address_are_heard_and_never_asked(site: Network, whole: Scan) -> None:
    foreign = {a: d for a, d in targets(site).items() if ip_address(a) not in LAN}
    assert foreign
    for address, device in foreign.items():
        assert whole.device(address)["vendor"] == device.truth.vendor
    assert not [r for r in whole.requests if r["address"] in foreign]


def test_the_document_follows_the_schema(whole: Scan) -> None:
    jsonschema.validate(whole.document, json_schema())


def test_the_scan_says_before_what_it_will_send(whole: Scan) -> None:
    first = whole.message.splitlines()[0]
    assert "10.83.10.0/24" in first
    assert "eth0" in first
    assert "packets" in first


def test_no_packet_leaves_the_scope(whole: Scan) -> None:
    strays = [p.summary() for p in sent(whole.packets) if not _in_scope(p)]
    assert strays == []


def test_sadp_asks_inquiry_and_nothing_else(whole: Scan) -> None:
    asked = [bytes(p[UDP].payload) for p in sent(whole.packets) if UDP in p and p[UDP].dport == 37020]
    assert asked
    assert all(b"<Types>inquiry</Types>" in data and data.count(b"<Types>") == 1 for data in asked)


def test_snmp_is_asked_of_those_who_are_there_and_of_nobody_else(site: Network, whole: Scan) -> None:
    asked = {p[IP].dst for p in sent(whole.packets) if UDP in p and p[UDP].dport == 161}
    there = {address for address in site.devices if ip_address(address) in LAN}
    assert there <= asked
    assert asked <= there | {SCANNER}
    told = [e for e in whole.device("10.83.10.14")["evidence"] if e["protocol"] == "snmp_engine"]
    assert {e["attribute"] for e in told} == {"vendor", "mac"}


def test_snmp_crosses_a_router_to_those_who_are_there(site: Network, tmp_path: Path) -> None:
    found = scan(site, tmp_path, "10.83.20.8/29", "--replies", str(tmp_path / "replies.jsonl"))
    asked = {p[IP].dst for p in sent(found.packets) if UDP in p and p[UDP].dport == 161}
    assert asked == {f"10.83.20.{host}" for host in range(11, 15)}
    replies = [json.loads(line) for line in (tmp_path / "replies.jsonl").read_text().splitlines()]
    assert [r["address"] for r in replies if r["protocol"] == "snmp_engine"] == ["10.83.20.11"]
    assert {r["routed"] for r in replies} == {True}


def test_the_port_mappings_of_the_gateway_are_read_and_nobody_elses(whole: Scan) -> None:
    asked = [r for r in whole.requests if r["protocol"] == "upnp" and r["request"].startswith("port mapping")]
    assert {(r["address"], r["port"]) for r in asked} == {("10.83.10.1", 80)}
    assert 3 <= len(asked) <= 6  # one on which the gateway hangs up is put once more
    said = [bytes(p[TCP].payload) for p in sent(whole.packets) if TCP in p and b"PortMapping" in bytes(p[TCP].payload)]
    assert len(said) == len(asked)
    assert all(b"#GetGenericPortMappingEntry" in data for data in said)


def test_nothing_is_written_to_the_sdk_port(whole: Scan) -> None:
    to_port = [p for p in sent(whole.packets) if TCP in p and p[TCP].dport == 8000]
    assert to_port
    assert not [p for p in to_port if len(p[TCP].payload)]


def test_one_connection_at_a_time(whole: Scan) -> None:
    peaks = _connections_at_once(whole.packets)
    assert len(peaks) > 40
    assert set(peaks.values()) == {1}


def test_every_datagram_on_the_wire_stands_in_the_log(whole: Scan) -> None:
    on_the_wire = Counter((_destination(p), p[UDP].dport) for p in sent(whole.packets) if UDP in p)
    logged = Counter((r["address"].split("%")[0], r["port"]) for r in whole.requests if r["transport"] == "udp")
    assert on_the_wire.total() > 300
    assert on_the_wire <= logged  # what the kernel could not deliver, because nobody is there, is logged too


def test_the_capture_of_the_scan_replayed_names_the_same_devices(whole: Scan) -> None:
    command = [sys.executable, "-m", "camscan", "replay", str(whole.packets), "--quiet", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SCAN_SECONDS)
    assert (done.returncode, done.stderr) == (0, "")
    replayed = Scan(document=json.loads(done.stdout), packets=whole.packets, requests=[], message="")
    told = ("vendor", "brand", "model", "firmware", "build", "serial", "kind", "mac", "addresses")
    for device in whole.document["devices"]:
        assert {k: replayed.device(device["address"])[k] for k in told} == {k: device[k] for k in told}
        clear = {(s["protocol"], s["port"]) for s in device["services"] if s["port"] not in ENCRYPTED}
        found = {(s["protocol"], s["port"]) for s in replayed.device(device["address"])["services"]}
        assert clear <= found, device["address"]
    assert len(replayed.document["devices"]) == len(whole.document["devices"])


def test_without_raw_frames_the_kernel_tells_who_was_met(site: Network, tmp_path: Path) -> None:
    asked = ("10.83.10.42", "10.83.10.83")
    found = scan(site, tmp_path, *asked, under=NO_RAW)
    assert {a: found.device(a)["mac"] for a in asked} == {a: site.devices[a].mac for a in asked}
    reasons = [r["reason"] for r in found.document["coverage"] if r["channel"] == "arp sweep"]
    assert len(reasons) == len(asked)
    assert all("CAP_NET_RAW" in reason for reason in reasons)
    assert found.document["scan"]["partial"] is False
    assert not [p for p in sent(found.packets) if ARP in p and p[ARP].pdst not in asked]


def test_with_multicast_cut_unicast_finds_all_that_answer_it(site: Network, tmp_path: Path) -> None:
    assert site.scanner
    cut(site.scanner)
    found = scan(site, tmp_path, str(LAN))
    multicast = [r for r in found.document["coverage"] if r["channel"].endswith(("multicast", "broadcast"))]
    assert multicast
    assert {r["answered"] for r in multicast} == {0}
    asked = {a: d for a, d in targets(site).items() if ip_address(a) in LAN}
    for address, device in asked.items():
        if {"dhdiscover", "wsdiscovery"} & device.channels:
            services = {s["protocol"] for s in found.device(address)["services"]}
            assert {"dhdiscover", "wsdiscovery"} & device.channels <= services, device.id
            assert found.device(address)["vendor"] == device.truth.vendor, device.id


def cut(namespace: str) -> None:
    """Drops every multicast and broadcast IPv4 packet in and out, as a switch or VLAN would; ARP goes on."""
    groups = "{ 224.0.0.0/4, 255.255.255.255, 10.83.10.255 }"
    rules = "".join(
        f"add chain ip cut {hook} {{ type filter hook {hook} priority 0; }}; "
        f"add rule ip cut {hook} ip daddr {groups} drop; "
        for hook in ("input", "output")
    )
    subprocess.run(["ip", "netns", "exec", namespace, "nft", f"add table ip cut; {rules}"], check=True)


def sent(path: Path) -> Iterator[Any]:
    """The packets that the scanner put on the wire."""
    with PcapReader(str(path)) as packets:
        yield from (p for p in packets if Ether in p and p[Ether].src == SCANNER_MAC)


def _connections_at_once(path: Path) -> dict[str, int]:
    """The most connections that were open to each host: from our ACK of the handshake to a FIN of ours or a reset."""
    peaks: Counter[str] = Counter()
    now: dict[str, set[tuple[int, int]]] = defaultdict(set)
    ended: set[tuple[str, int, int]] = set()
    with PcapReader(str(path)) as packets:
        for packet in (p for p in packets if TCP in p and IP in p):
            ours, flags, segment = packet[Ether].src == SCANNER_MAC, str(packet[TCP].flags), packet[TCP]
            host = packet[IP].dst if ours else packet[IP].src
            ports = (segment.sport, segment.dport) if ours else (segment.dport, segment.sport)
            if "R" in flags or (ours and "F" in flags):
                now[host].discard(ports)
                ended.add((host, *ports))
            elif ours and "S" in flags:
                ended.discard((host, *ports))
            elif ours and (host, *ports) not in ended:
                now[host].add(ports)
                peaks[host] = max(peaks[host], len(now[host]))
    return dict(peaks)


def _destination(packet: Any) -> str:
    return str(packet[IPv6 if IPv6 in packet else IP].dst)


def _in_scope(packet: Any) -> bool:
    """In scope, or what the kernel itself must send: ARP in scope, group membership, neighbour discovery."""
    if ARP in packet:
        return ip_address(packet[ARP].pdst) in LAN
    if IPv6 in packet:
        return packet[IPv6].dst.startswith("ff02::")
    if IP not in packet:
        return False
    to = packet[IP].dst
    if packet[IP].proto == MEMBERSHIP:
        return ip_address(to).is_multicast
    if UDP in packet and ((to, packet[UDP].dport) in GROUPS or to in BROADCASTS):
        return True
    return ip_address(to) in LAN and bool(TCP in packet or UDP in packet or ICMP in packet)
