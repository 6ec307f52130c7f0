"""The site on this machine's loopback, for anyone without root: a device at 10.x.y.z answers at 127.x.y.z.

Nothing leaves the machine. There is no multicast here, so every device answers unicast only; units with a factory
address are left out. A port below 1024 that the user may not bind moves to its usual unprivileged neighbour, and what
cannot move is listed as missing. Linux only: other systems answer on 127.0.0.1 alone.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from ipaddress import IPv4Address

from camscan.lab.device import Device
from camscan.lab.network import Journal, Network
from camscan.lab.outlet import Outlet, Placement, open_outlets
from camscan.lab.scripted import serving
from camscan.lab.site import Site

INSTEAD = {80: 8080, 88: 8088, 443: 8443, 554: 8554}
"""The unprivileged port that cameras use in place of a privileged one."""

_LOOPBACK = 127 << 24
_HOST_PART = (1 << 24) - 1


@asynccontextmanager
async def serve(site: Site) -> AsyncIterator[Network]:
    """The running site. Raises `OSError` where the loopback cannot be used."""
    journal = Journal()
    devices = {stand_in(device.address): device for device in site.devices if not site.is_foreign(device)}
    async with AsyncExitStack() as stack:
        outlets, missing = _open(devices, stack)
        await stack.enter_async_context(serving(outlets, journal))
        yield Network(
            targets=tuple(_targets(site)), scanner=None, devices=devices, journal=journal, missing=tuple(missing)
        )


def stand_in(address: str) -> str:
    """The loopback address that stands for an address of the site."""
    return str(IPv4Address(_LOOPBACK | int(IPv4Address(address)) & _HOST_PART))


def _targets(site: Site) -> list[str]:
    return [f"{stand_in(str(one.network.network_address))}/{one.network.prefixlen}" for one in site.segments]


def _open(devices: dict[str, Device], stack: AsyncExitStack) -> tuple[list[Outlet], list[str]]:
    outlets: list[Outlet] = []
    missing: list[str] = []
    for address, device in devices.items():
        opened, lost = open_outlets(device, Placement(address=address, bind=address, multicast=False, instead=INSTEAD))
        for outlet in opened:
            stack.callback(outlet.socket.close)
        outlets += opened
        missing += lost
    return outlets, missing
