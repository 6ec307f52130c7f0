"""The network interfaces of this machine that are up, with what kind each is.

Addresses come from ifaddr, the kind from /sys/class/net (sysfs, and ARPHRD_* in linux/if_arp.h). Where there is no
sysfs the name alone decides. A scan without a target leaves tunnels, containers and bridges alone: a doubt is ethernet.
"""

import re
from collections.abc import Iterable
from ipaddress import IPv4Interface, IPv6Interface
from pathlib import Path

import ifaddr

from camscan.scope import Interface, InterfaceKind

SYSTEM = Path("/sys/class/net")

_UP, _MULTICAST = 0x1, 0x1000  # IFF_* in linux/if.h
_LOOPBACK = 772  # ARPHRD_LOOPBACK, in the middle of the tunnels
_TUNNELS = {512, 65534, *range(768, 779)}  # PPP, none (tun, WireGuard), and the family of IP tunnels
# A veth inside a namespace is that machine's own link; runtimes name theirs after a hash.
_CONTAINER = re.compile(
    r"^(docker|cni|cali|flannel|lxc|lxd|podman|virbr|vnet|br-[0-9a-f]{6}|veth[0-9a-f]{6})", re.IGNORECASE
)
_NAMES: tuple[tuple[InterfaceKind, re.Pattern[str]], ...] = (
    ("loopback", re.compile(r"^lo\d*$")),
    ("tunnel", re.compile(r"^(tun|tap|utun|wg|ppp|ipsec|gif|stf|sit|gre|tailscale)")),
    ("bridge", re.compile(r"^(br|bridge)\d+$")),
    ("wireless", re.compile(r"^(wl|wifi|ath)")),
)


def list_interfaces(system: Path = SYSTEM) -> tuple[Interface, ...]:
    """Every interface that is up and has an address, by index."""
    found = (_read(adapter, system / adapter.nice_name) for adapter in ifaddr.get_adapters())
    return tuple(sorted((i for i in found if i), key=lambda interface: interface.index))


def _read(adapter: ifaddr.Adapter, folder: Path) -> Interface | None:
    flags = _number(folder / "flags", default=_UP | _MULTICAST)
    if not flags & _UP or not adapter.ips:
        return None
    mac = _text(folder / "address")
    return Interface(
        name=adapter.nice_name,
        index=adapter.index or 0,
        kind=classify(adapter.nice_name, folder),
        addresses=tuple(_addresses(adapter.ips)),
        mac=mac if len(mac) == 17 and mac.strip("0:") else None,
        multicast=bool(flags & _MULTICAST),
    )


def _addresses(ips: Iterable[ifaddr.IP]) -> Iterable[IPv4Interface | IPv6Interface]:
    for ip in ips:
        if isinstance(ip.ip, str):
            yield IPv4Interface(f"{ip.ip}/{ip.network_prefix}")
        else:
            yield IPv6Interface(f"{ip.ip[0].split('%')[0]}/{ip.network_prefix}")


def classify(name: str, folder: Path) -> InterfaceKind:
    """The kind of an interface from its name and its folder in sysfs, which may be missing."""
    if _CONTAINER.match(name):
        return "container"
    if not folder.is_dir():
        return next((kind for kind, pattern in _NAMES if pattern.match(name)), "ethernet")
    hardware = _number(folder / "type", default=0)
    if hardware == _LOOPBACK:
        return "loopback"
    if _is_tunnel(folder, hardware):
        return "tunnel"
    if (folder / "bridge").is_dir():
        return "bridge"
    return "wireless" if any((folder / n).exists() for n in ("wireless", "phy80211")) else "ethernet"


def _is_tunnel(folder: Path, hardware: int) -> bool:
    wireguard = "DEVTYPE=wireguard" in _text(folder / "uevent").split()
    return hardware in _TUNNELS or wireguard or (folder / "tun_flags").exists()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def _number(path: Path, default: int) -> int:
    try:
        return int(_text(path), 0)
    except ValueError:
        return default
