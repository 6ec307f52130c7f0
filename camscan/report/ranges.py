"""Networks as a person writes them: neighbours joined, a block as CIDR, what is no block as first-last."""

from collections.abc import Iterable
from ipaddress import ip_address, ip_network, summarize_address_range
from typing import TYPE_CHECKING

from camscan.model import Device
from camscan.report.printable import printable
from camscan.scope import Address

if TYPE_CHECKING:
    from camscan.report.shape import Device as PublishedDevice

_Span = tuple[int, int, int]


def addresses(device: "Device | PublishedDevice") -> list[str]:
    """The addresses of a device, its own first; those that a middlebox answers for as ranges."""
    return as_ranges(device.addresses) if device.middlebox else [printable(a) for a in device.addresses]


def as_ranges(names: Iterable[str]) -> list[str]:
    """Networks in text form, in numeric order and as few as possible; what is no network comes last, as it is."""
    spans: list[_Span] = []
    others: list[str] = []
    for name in dict.fromkeys(names):
        try:
            network = ip_network(name)
        except ValueError:
            others.append(name)
        else:
            spans.append((network.version, int(network[0]), int(network[-1])))
    return [*(_written(span) for span in _joined(spans)), *others]


def _joined(spans: Iterable[_Span]) -> list[_Span]:
    joined: list[_Span] = []
    for version, first, last in sorted(spans):
        if joined and joined[-1][0] == version and first <= joined[-1][2] + 1:
            joined[-1] = (version, joined[-1][1], max(last, joined[-1][2]))
        else:
            joined.append((version, first, last))
    return joined


def _written(span: _Span) -> str:
    version, *ends = span
    first, last = (_address(version, end) for end in ends)
    if first == last:
        return str(first)
    blocks = list(summarize_address_range(first, last))
    return str(blocks[0]) if len(blocks) == 1 else f"{first}-{last}"


def _address(version: int, number: int) -> Address:
    return ip_address(number.to_bytes(4 if version == 4 else 16, "big"))
