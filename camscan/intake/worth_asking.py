"""Which addresses of another scanner's results camscan should ask itself, and why.

A reason to ask need not be evidence: a maker that was proved, an open port that cameras have, or the name of one of the
two in what the other scanner concluded. What answers for a whole network is no device, and its addresses are left out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from camscan.intake.imported import PORT_PROTOCOL, Hearsay
from camscan.model import MAKERS, ScanResult
from camscan.protocols import dvrip, hik_sdk, rtsp
from camscan.reply import Reply
from camscan.scope import is_public

CAMERA_PORTS = frozenset((*rtsp.PORTS, hik_sdk.PORT, *dvrip.PORTS))
"""Ports that cameras have and few others: the web's own are everybody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An address to ask, the reason in a few words, and whether it is public address space."""

    address: str
    reason: str
    public: bool


def worth_asking(result: ScanResult, replies: Iterable[Reply], hearsay: Iterable[Hearsay]) -> tuple[Candidate, ...]:
    """Each address once with its best reason, in numeric order."""
    reasons: dict[str, str] = {}
    for address, reason in (*_proved(result), *_told(hearsay), *_open(replies)):
        reasons.setdefault(address, reason)
    boxed = {address for device in result.devices if device.middlebox for address in device.addresses}
    asked = ((ip_address(address), reason) for address, reason in reasons.items() if address not in boxed)
    usable = [(address, reason) for address, reason in asked if not (address.version == 6 and address.is_link_local)]
    return tuple(
        Candidate(address=str(address), reason=reason, public=is_public(address))
        for address, reason in sorted(usable, key=lambda pair: (pair[0].version, int(pair[0])))
    )


def _proved(result: ScanResult) -> Iterator[tuple[str, str]]:
    for device in result.devices:
        if device.vendor in MAKERS:
            yield from ((address, f"made by {device.vendor}") for address in device.addresses)


def _told(hearsay: Iterable[Hearsay]) -> Iterator[tuple[str, str]]:
    return ((one.address, f"{one.tool} names {one.maker}") for one in hearsay)


def _open(replies: Iterable[Reply]) -> Iterator[tuple[str, str]]:
    for reply in replies:
        if reply.protocol == PORT_PROTOCOL and reply.port in CAMERA_PORTS:
            yield reply.address, f"port {reply.port} open"


def as_targets(candidates: Iterable[Candidate]) -> str:
    """A file for `camscan scan --targets`: an address a line, the reason as a comment."""
    lines = ["# addresses to ask, by camscan import; read by: camscan scan --targets FILE"]
    lines += [f"{one.address}  # {one.reason}{', public address space' if one.public else ''}" for one in candidates]
    return "\n".join([*lines, ""])
