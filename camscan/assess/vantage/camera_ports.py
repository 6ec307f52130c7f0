"""What the protocols tell of the ports of cameras, for whoever has only ports to go by."""

from collections.abc import Iterator

from camscan.model import Service
from camscan.protocols import dhdiscover, dvrip, hik_sdk, rtsp, sadp
from camscan.protocols.tcp import EZVIZ_COMMAND_PORT

_TCP = frozenset([hik_sdk.PORT, EZVIZ_COMMAND_PORT, *dvrip.PORTS, *rtsp.PORTS])
_UDP = frozenset([sadp.PORT, dhdiscover.PORT])


def at_camera_ports(services: tuple[Service, ...]) -> Iterator[str]:
    """Those at a port of the two makers or of RTSP, as `tcp/554`: no proof of a camera, and a reason to look."""
    for service in services:
        if service.port in (_TCP if service.transport == "tcp" else _UDP):
            yield f"{service.transport}/{service.port}"
