"""What is read from this machine without sending: interfaces, neighbours, the resolver."""

import socket
from collections.abc import Callable
from ipaddress import IPv4Interface
from pathlib import Path
from types import SimpleNamespace

import ifaddr
import pytest

from camscan.errors import UsageError
from camscan.transport.interfaces import classify, list_interfaces
from camscan.transport.neighbours import Absent, read_neighbours
from camscan.transport.resolve import resolve, resolver_addresses
from tests.transport_rig import Rig


@pytest.fixture
def sysfs(tmp_path: Path) -> Callable[..., Path]:
    def make(name: str, kind: int = 1, flags: int = 0x1003, mac: str = "02:00:00:00:00:07", **files: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        for file, text in {"type": str(kind), "flags": hex(flags), "address": mac, **files}.items():
            (folder / file).write_text(text + "\n")
        return folder

    return make


@pytest.mark.parametrize(
    ("name", "kind", "files", "expected"),
    [
        ("enp3s0", 1, {}, "ethernet"),
        ("veth0", 1, {}, "ethernet"),
        ("veth-lan", 1, {}, "ethernet"),
        ("vethcafe", 1, {}, "ethernet"),
        ("veth1a2b3c4", 1, {}, "container"),
        ("docker0", 1, {}, "container"),
        ("br-0a1b2c3d4e5f", 1, {}, "container"),
        ("br-lan", 1, {}, "ethernet"),
        ("virbr0", 1, {}, "container"),
        ("lo", 772, {}, "loopback"),
        ("tun0", 65534, {}, "tunnel"),
        ("office", 1, {"tun_flags": "0x1002"}, "tunnel"),
        ("office", 65534, {"uevent": "DEVTYPE=wireguard"}, "tunnel"),
        ("office", 1, {"uevent": "INTERFACE=office\nDEVTYPE=wireguard"}, "tunnel"),
        ("office", 778, {}, "tunnel"),
        ("dsl", 512, {}, "tunnel"),
        ("wlp2s0", 1, {"phy80211": ""}, "wireless"),
    ],
)
def test_the_kind_of_an_interface(
    sysfs: Callable[..., Path], name: str, kind: int, files: dict[str, str], expected: str
) -> None:
    assert classify(name, sysfs(name, kind, **files)) == expected


def test_a_bridge_is_one_whatever_its_name(sysfs: Callable[..., Path]) -> None:
    folder = sysfs("lan")
    (folder / "bridge").mkdir()
    assert classify("lan", folder) == "bridge"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("lo0", "loopback"),
        ("utun3", "tunnel"),
        ("ppp0", "tunnel"),
        ("bridge0", "bridge"),
        ("wlan0", "wireless"),
        ("en0", "ethernet"),
    ],
)
def test_without_sysfs_the_name_decides(tmp_path: Path, name: str, expected: str) -> None:
    assert classify(name, tmp_path / "missing") == expected


def _adapters(*found: tuple[str, int, list[tuple[object, int]]]) -> list[SimpleNamespace]:
    return [
        SimpleNamespace(nice_name=n, index=i, ips=[SimpleNamespace(ip=ip, network_prefix=p) for ip, p in ips])
        for n, i, ips in found
    ]


def test_only_interfaces_that_are_up_and_have_an_address(
    sysfs: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sysfs("lan0")
    sysfs("down0", flags=0x1002)
    sysfs("bare0")
    sysfs("tun0", kind=65534, flags=0x91, mac="00:00:00:00:00:00")
    found = _adapters(
        ("tun0", 9, [("10.8.0.2", 32)]),
        ("lan0", 2, [("10.1.0.9", 24), (("fe80::7%lan0", 0, 2), 64)]),
        ("down0", 3, [("10.3.0.9", 24)]),
        ("bare0", 4, []),
    )
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: found)
    lan, tunnel = list_interfaces(tmp_path)
    assert (lan.name, lan.index, lan.kind, lan.mac, lan.multicast) == ("lan0", 2, "ethernet", "02:00:00:00:00:07", True)
    assert [str(a) for a in lan.addresses] == ["10.1.0.9/24", "fe80::7/64"]
    assert lan.ipv4 == (IPv4Interface("10.1.0.9/24"),)
    assert (tunnel.name, tunnel.kind, tunnel.mac, tunnel.multicast) == ("tun0", "tunnel", None, False)


def test_this_machine_has_a_loopback_interface() -> None:
    loopback = next(i for i in list_interfaces() if i.kind == "loopback")
    assert IPv4Interface("127.0.0.1/8") in loopback.ipv4
    assert loopback.mac is None
    assert loopback.index == socket.if_nametoindex(loopback.name)


TABLE = """\
IP address       HW type     Flags       HW address            Mask     Device
10.1.0.5         0x1         0x2         44:19:b6:00:00:05     *        lan0
10.1.0.6         0x1         0x0         00:00:00:00:00:00     *        lan0
10.1.0.66        0x1         0x6         44:19:b6:00:00:66     *        lan0
192.168.7.1      0x1         0x2         44:19:b6:00:00:01     *        lan0
broken line
10.1.0.7         0x1         zz          44:19:b6:00:00:07     *        lan0
"""


def test_complete_neighbours_in_scope_are_replies(tmp_path: Path) -> None:
    table = tmp_path / "arp"
    table.write_text(TABLE)
    rig = Rig("10.1.0.0/24", excluded=("10.1.0.66",))
    (reply,) = read_neighbours(rig.wire, table)
    assert (reply.address, reply.protocol, reply.transport, reply.sensor) == ("10.1.0.5", "arp", "ethernet", "lan0")
    assert reply.data == TABLE.splitlines()[1].encode()
    assert (reply.channel, reply.request) == ("recorded", "neighbour-table")
    assert not rig.lines


def test_whom_the_kernel_asks_for_in_vain_is_absent_and_the_table_is_not_read_for_each(tmp_path: Path) -> None:
    table, now = tmp_path / "arp", [100.0]
    table.write_text(TABLE)
    absent = Absent(table, seconds=0.2, clock=lambda: now[0])
    assert [n for n in (5, 6, 7, 8, 66) if absent.holds(f"10.1.0.{n}")] == [6]
    table.write_text(TABLE.replace("0x0         00:00:00:00:00:00", "0x2         44:19:b6:00:00:06"))
    assert absent.holds("10.1.0.6")
    now[0] += 0.3
    assert not absent.holds("10.1.0.6")


def test_a_system_without_the_table_has_no_neighbours(tmp_path: Path) -> None:
    assert read_neighbours(Rig().wire, tmp_path / "missing") == ()


def test_numbers_resolve_to_themselves() -> None:
    assert resolve("10.0.0.5") == ("10.0.0.5",)
    assert resolve("fd00::5") == ("fd00::5",)


def test_every_address_of_a_name_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = [(0, 0, 0, "", (a, 0)) for a in ("10.0.0.5", "fd00::5", "10.0.0.5")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer)
    assert resolve("camera.example") == ("10.0.0.5", "fd00::5")


@pytest.mark.parametrize("name", ["a" * 70 + ".example", "with\0zero"])
def test_a_name_that_cannot_resolve_is_a_usage_error(name: str) -> None:
    with pytest.raises(UsageError, match="does not resolve"):
        resolve(name)


def test_the_resolvers_are_read_from_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "resolv.conf"
    file.write_text(
        "# nameserver 1.1.1.1\nsearch example\nnameserver 10.0.0.53\n nameserver fd00::53 \nnameserver 10.0.0.53\n"
    )
    assert resolver_addresses(file) == ("10.0.0.53", "fd00::53")
    assert resolver_addresses(tmp_path / "missing") == ()
