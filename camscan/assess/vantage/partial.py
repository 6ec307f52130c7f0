"""Whether the scans of one vantage leave a gap: one was cut short, and none after it has asked all that it should have.

The rule: a scan makes up for an older one only where its scope holds all of that scope and leaves out nothing else, and
each channel of the older scan went to its end over the same networks and ports. Without its time no scan is after
another.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from ipaddress import ip_network

from camscan.assess.vantage.asked import SEVERAL
from camscan.model import Coverage, ScanResult
from camscan.scope import Containment, Network


def is_partial(scans: Sequence[ScanResult]) -> bool:
    """The same of scans that come newest first."""
    return any(
        scan.partial and not any(_makes_up(later, scan) for later in scans[:place]) for place, scan in enumerate(scans)
    )


def _makes_up(later: ScanResult, cut: ScanResult) -> bool:
    if later.partial or later.started is None or cut.started is None or not set(_others(cut)) <= set(_others(later)):
        return False
    swept, spared = Containment(_networks(later, "")), Containment(_networks(cut, "not "))
    return (
        all(map(swept.holds, _networks(cut, "")))
        and all(map(spared.holds, _networks(later, "not ")))
        and _Whole(later).holds_all(cut.coverage)
    )


def _networks(scan: ScanResult, mark: str) -> list[Network]:
    """What the scope sweeps, or with "not " what it leaves out."""
    texts = (text.removeprefix(mark) for text in scan.scope if text.startswith(mark))
    return [network for network in map(_network, texts) if network is not None]


def _others(scan: ScanResult) -> list[str]:
    """What the scope says beside networks, such as segments for a multicast."""
    return [text for text in scan.scope if _network(text.removeprefix("not ")) is None]


class _Whole:
    """What a scan asked to its end: networks, and other labels of rows, by channel and ports. How ports were looked for
    does not matter."""

    def __init__(self, scan: ScanResult) -> None:
        rows: dict[tuple[str, bool, frozenset[int]], set[str]] = defaultdict(set)
        for row in scan.coverage:
            if row.state == "asked":
                rows[_channel(row), row.only_known, frozenset(row.ports)].add(row.network)
        self._asked = [(*key, texts, Containment(filter(None, map(_network, texts)))) for key, texts in rows.items()]

    def holds_all(self, rows: Iterable[Coverage]) -> bool:
        """Whether it asked all that these rows should have; what was said to hosts that answered is not meant."""
        return all(self._holds(row) for row in rows if _network(row.network) or SEVERAL.fullmatch(row.network))

    def _holds(self, row: Coverage) -> bool:
        network = _network(row.network)
        return any(
            channel == _channel(row)
            and known <= row.only_known
            and ports.issuperset(row.ports)
            and (row.network in texts or (network is not None and inside.holds(network)))
            for channel, known, ports, texts, inside in self._asked
        )


def _channel(row: Coverage) -> str:
    return "ports" if row.ports else row.channel


def _network(text: str) -> Network | None:
    try:
        return ip_network(text)
    except ValueError:
        return None
