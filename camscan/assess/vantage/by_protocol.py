"""What the protocols tell of ports and ways to ask, for whoever has only ports or rows of a coverage to go by."""

from collections.abc import Iterator
from functools import cache

from camscan.model import Service
from camscan.probe import Udp
from camscan.protocols import dhdiscover, dvrip, hik_sdk, rtsp, sadp
from camscan.protocols.registry import load_protocols
from camscan.protocols.tcp import EZVIZ_COMMAND_PORT

_TCP = frozenset([hik_sdk.PORT, EZVIZ_COMMAND_PORT, *dvrip.PORTS, *rtsp.PORTS])
_UDP = frozenset([sadp.PORT, dhdiscover.PORT])


def at_camera_ports(services: tuple[Service, ...]) -> Iterator[str]:
    """Those at a port of the two makers or of RTSP, as `tcp/554`: no proof of a camera, and a reason to look."""
    for service in services:
        if service.port in (_TCP if service.transport == "tcp" else _UDP):
            yield f"{service.transport}/{service.port}"


@cache
def on_own_wire() -> frozenset[str]:
    """Protocols that are asked by multicast or broadcast only, and so never through a router."""
    channels = ((protocol.name, protocol.channel) for protocol in load_protocols().values())
    return frozenset(name for name, channel in channels if isinstance(channel, Udp) and not channel.unicast)
