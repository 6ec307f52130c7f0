"""The site in network namespaces, seen by independent clients: none of them, and nothing here, uses camscan's codecs.

Every client runs inside the scanner namespace of the run, through `ip netns exec`, or in a thread that has entered it.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from camscan.lab import namespaces, netns
from camscan.lab.network import Network
from camscan.lab.site import load_site

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(netns.obstacle() is not None, reason=f"{netns.obstacle()}"),
]

HERE = Path(__file__).parent
ROOT = HERE.parent
INQUIRY = b'<?xml version="1.0" encoding="utf-8"?><Probe><Uuid>7C-2</Uuid><Types>inquiry</Types></Probe>'
SEARCH = (
    b"\x20\x00\x00\x00DHIP" + bytes(8) + b"\x1f\0\0\0\0\0\0\0\x1f\0\0\0\0\0\0\0" + b'{"method":"DHDiscover.search"}\n'
)
SECONDS = 60


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with namespaces.build(load_site()) as running:
        yield running


def inside(network: Network, work: Callable[[], Any]) -> Any:
    """What `work` returns in a thread that is in the scanner namespace while it works."""
    assert network.scanner is not None

    def there(name: str) -> Any:
        with netns.inside(name):
            assert {each for _, each in socket.if_nameindex()} == {"lo", "eth0"}
            return work()

    with ThreadPoolExecutor(1) as executor:
        return executor.submit(there, network.scanner).result(SECONDS)


def run(network: Network, *command: str) -> str:
    """What a program prints that runs inside the scanner namespace."""
    assert network.scanner is not None
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(
        ["ip", "netns", "exec", network.scanner, *command], capture_output=True, text=True, timeout=SECONDS, check=True
    )
    return done.stdout


def client(network: Network, name: str, *arguments: str) -> Any:
    return json.loads(run(network, sys.executable, str(HERE / "lab" / name), network.scanner or "", *arguments))


def addresses_with(network: Network, protocol: str, *, segment: str = "10.83.10.") -> set[str]:
    return {
        address
        for address, device in network.devices.items()
        if protocol in device.channels and address.startswith(segment) and device.id != "hostile"
    }


def asked(group: str, port: int, question: bytes) -> Callable[[], tuple[dict[str, bytes], dict[str, bytes]]]:
    """Asks a multicast group; gives the replies that came back to the asker, and those that came to the group."""

    def work() -> tuple[dict[str, bytes], dict[str, bytes]]:
        interface = socket.inet_aton("10.83.10.2")
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as member,
        ):
            member.bind(("", port))
            member.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + interface)
            asker.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, interface)
            asker.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
            asker.sendto(question, (group, port))
            return heard(asker), heard(member)

    return work


def heard(receiver: socket.socket) -> dict[str, bytes]:
    receiver.settimeout(1)
    replies: dict[str, bytes] = {}
    try:
        while True:
            data, sender = receiver.recvfrom(65535)
            replies[sender[0]] = data
    except TimeoutError:
        return replies


def test_sadp_cameras_answer_the_asker_or_the_group(network: Network) -> None:
    to_asker, to_group = inside(network, asked("239.255.255.250", 37020, INQUIRY))
    everyone = addresses_with(network, "sadp") | {"192.168.1.64", "10.83.10.90"}
    assert set(to_asker) | set(to_group) == everyone
    assert set(to_group) == {"10.83.10.12", "10.83.10.14", "10.83.10.20", "192.168.1.64"}
    assert "10.83.10.14" in to_asker
    assert b"<Activated>false</Activated>" in to_group["192.168.1.64"]


def test_dahua_discovery_reaches_the_foreign_unit_but_not_the_other_segment(network: Network) -> None:
    to_asker, to_group = inside(network, asked("239.255.255.251", 37810, SEARCH))
    assert set(to_asker) == addresses_with(network, "dhdiscover") | {"10.83.10.90"}
    assert set(to_group) == {"10.83.10.43", "192.168.1.108"}
    assert b'"DeviceType":"IPC-HDBW2441E-S"' in to_group["192.168.1.108"]


def test_unicast_crosses_the_router(network: Network) -> None:
    def work() -> bytes:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.settimeout(2)
            asker.sendto(INQUIRY, ("10.83.20.11", 37020))
            return asker.recv(65535)

    assert b"<DeviceDescription>DS-2CD2346G2-I</DeviceDescription>" in inside(network, work)


def test_the_router_answers_on_both_segments(network: Network) -> None:
    assert {address for address, device in network.devices.items() if device.id == "router"} == {
        "10.83.10.1",
        "10.83.20.1",
    }
    page = b"<title>RouterOS router configuration page</title>"
    for address in ("10.83.10.1", "10.83.20.1"):
        assert page in inside(network, partial(page_of, address))


def page_of(address: str) -> bytes:
    with socket.create_connection((address, 80), timeout=2) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        return b"".join(iter(partial(connection.recv, 4096), b""))


def test_devices_have_the_mac_addresses_of_their_makers(network: Network) -> None:
    run(network, "ping", "-c1", "-W2", "10.83.10.11")
    neighbours = json.loads(run(network, "ip", "-j", "neighbour"))
    assert {each["lladdr"] for each in neighbours if each["dst"] == "10.83.10.11"} == {"c0:56:e3:2b:81:04"}


def test_wsdiscovery_package_finds_the_transmitters(network: Network) -> None:
    found = client(network, "wsdiscovery_client.py", "transmitter")
    seen = {address for each in found for address in each["addresses"]}
    cameras = addresses_with(network, "wsdiscovery") - {"10.83.10.71", "10.83.10.72"}
    assert {address for address in seen if ":" not in address} == cameras
    lobby = next(each for each in found if "10.83.10.11" in each["addresses"])
    assert "onvif://www.onvif.org/name/HIKVISION DS-2CD2042WD-I" in [
        each.replace("%20", " ") for each in lobby["scopes"]
    ]


def test_wsdiscovery_package_finds_neighbours_when_it_names_no_type(network: Network) -> None:
    types = {tuple(each["types"]) for each in client(network, "wsdiscovery_client.py")}
    assert {("Device", "Computer"), ("Device", "ScanDeviceType", "PrintDeviceType")} <= types


def test_async_upnp_client_reads_the_descriptions(network: Network) -> None:
    found = client(network, "ssdp_client.py")
    models = {each["model"]: each["maker"] for each in found if "model" in each}
    assert models == {"RB4011": "MikroTik", "MFC-L5900DW": "Brother", "DS920+": "Synology"}
    assert "urn:schemas-upnp-org:device:InternetGatewayDevice:1" in {each.get("st") for each in found}


def test_avahi_resolves_the_nas(network: Network) -> None:
    for program in ("avahi-daemon", "avahi-browse", "dbus-daemon"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    own = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
    said = run(network, *own, "sh", str(HERE / "lab" / "avahi_browse.sh"), network.scanner or "")
    resolved = [line.split(";") for line in said.splitlines() if line.startswith("=")]
    assert [(line[3], line[6], line[7], line[8]) for line in resolved] == [
        ("archive-nas", "archive-nas.local", "10.83.10.73", "5000")
    ]


def test_nmap_sees_ports_and_banners(network: Network) -> None:
    command = "nmap -n -sT -Pn -p 22,23,37777 --script banner --script-args banner.timeout=1s -oX - 10.83.10.21,42,74"
    hosts = ElementTree.fromstring(run(network, *command.split())).findall("host")  # noqa: S314 - nmap's own output
    ports = {
        (host.find("address").get("addr"), port.get("portid")): port  # type: ignore[union-attr]
        for host in hosts
        for port in host.findall("ports/port")
    }
    opened = {place for place, port in ports.items() if port.find("state").get("state") == "open"}  # type: ignore[union-attr]
    banners = {
        place: port.find("script").get("output") for place, port in ports.items() if port.find("script") is not None
    }  # type: ignore[union-attr]
    assert opened == {("10.83.10.21", "23"), ("10.83.10.42", "37777"), ("10.83.10.74", "22")}
    assert banners[("10.83.10.21", "23")] == "192.0.0.64 login:"
    assert banners[("10.83.10.74", "22")] == "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3"


def test_rtsp_over_one_connection(network: Network) -> None:
    def work() -> tuple[bytes, bytes]:
        with socket.create_connection(("10.83.20.15", 554), timeout=2) as connection:
            connection.sendall(b"OPTIONS rtsp://10.83.20.15/ RTSP/1.0\r\nCSeq: 4\r\n\r\n")
            first = connection.recv(4096)
            connection.sendall(b"DESCRIBE rtsp://10.83.20.15/ RTSP/1.0\r\nCSeq: 5\r\n\r\n")
            return first, connection.recv(4096)

    options, describe = inside(network, work)
    assert options.startswith(b"RTSP/1.0 200 OK\r\nCSeq: 4\r\n")
    assert b'CSeq: 5\r\nWWW-Authenticate: Digest realm="IP Camera(C7815)"' in describe
    assert [each.data[:8] for each in network.journal.heard if each.address == "10.83.20.15"] == [
        b"OPTIONS ",
        b"DESCRIBE",
    ]


def test_the_clients_refuse_any_other_namespace() -> None:
    command = [sys.executable, str(HERE / "lab" / "ssdp_client.py"), "camscan-elsewhere"]
    assert subprocess.run(command, capture_output=True, timeout=SECONDS, check=False).returncode != 0


def names() -> set[str]:
    directory = Path("/run/netns")
    return {each.name for each in directory.iterdir()} if directory.exists() else set()


def test_the_machine_keeps_its_interfaces_and_this_thread_its_namespace(network: Network) -> None:
    before = (socket.if_nameindex(), Path("/proc/thread-self/ns/net").stat().st_ino)
    inside(network, lambda: None)
    assert (socket.if_nameindex(), Path("/proc/thread-self/ns/net").stat().st_ino) == before
    assert not [name for _, name in socket.if_nameindex() if name.startswith(("v0-", "lan0"))]


def test_an_error_leaves_no_namespace_behind() -> None:
    made: list[str] = []
    threads = threading.active_count()

    def fail() -> None:
        with namespaces.build(load_site()) as running:
            made.append(running.scanner or "")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not [name for name in names() if name.startswith(made[0].removesuffix("scanner"))]
    assert threading.active_count() == threads


@pytest.mark.parametrize("end", ["signal", "input"])
def test_the_program_says_when_it_is_up_and_cleans_up(end: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-m", "camscan.lab"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        cwd=ROOT,
        text=True,
    ) as lab:
        assert lab.stdin is not None
        assert lab.stdout is not None
        up = json.loads(lab.stdout.readline())
        assert up["ready"] is True
        assert up["targets"] == ["10.83.10.0/24", "10.83.20.0/24"]
        assert up["scanner"] in names()
        if end == "signal":
            lab.send_signal(signal.SIGTERM)
        else:
            lab.stdin.close()
        assert lab.wait(SECONDS) == (128 + signal.SIGTERM if end == "signal" else 0)
    assert not [name for name in names() if name.startswith(up["scanner"].removesuffix("scanner"))]
