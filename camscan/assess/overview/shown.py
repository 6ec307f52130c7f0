"""Which devices a report is about: those of the two makers, or all; and which hosts may be some that nobody named."""

from collections.abc import Collection
from ipaddress import ip_address

from camscan.assess.vantage.by_protocol import at_camera_ports
from camscan.dossier import Dossier, Sheet
from camscan.model import MAKERS


def is_wanted(vendor: str | None, every: bool, makers: Collection[str] = MAKERS) -> bool:
    """Whether devices of this maker are shown."""
    return every or vendor in makers


def shown(dossier: Dossier) -> tuple[Sheet, ...]:
    """The devices of the report, in the order of their addresses; what answers for many addresses is none."""
    wanted = (one for one in dossier.sheets if not one.is_middlebox and is_wanted(one.device.vendor, dossier.every))
    return tuple(sorted(wanted, key=lambda one: _order(one.device.address)))


def _order(text: str) -> tuple[int, int, str]:
    """10.0.0.9 before 10.0.0.10."""
    try:
        address = ip_address(text.split("%")[0])
    except ValueError:
        return 9, 0, text
    return address.version, int(address), text


def names_no_maker(one: Sheet) -> bool:
    """Whether nobody knows who made it."""
    return one.device.vendor is None and not one.is_middlebox


def suspects(dossier: Dossier) -> tuple[Sheet, ...]:
    """Hosts of no known maker that answer at a port of the two makers or of RTSP: no proof, and a reason to look."""
    return tuple(
        one for one in dossier.sheets if names_no_maker(one) and next(at_camera_ports(one.device.services), None)
    )
