"""Whether the scans of one vantage leave a gap: one was cut short, and none after it has asked all that it should have.

The rule: a scan makes up for an older one only where its scope holds all of that scope and leaves out nothing else, and
each channel of the older scan went to its end over the same networks and ports. Without its time no scan is after
another.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from camscan.asked import network_named, networks_asked, networks_left_out, segments_asked, span_of
from camscan.model import Coverage, ScanResult
from camscan.scope import Containment


def is_partial(scans: Sequence[ScanResult]) -> bool:
    """The same of scans that come newest first."""
    return any(
        scan.partial and not any(_makes_up(later, scan) for later in scans[:place]) for place, scan in enumerate(scans)
    )


def _makes_up(later: ScanResult, cut: ScanResult) -> bool:
    if later.partial or later.started is None or cut.started is None:
        return False
    swept, spared = Containment(networks_asked(later.scope)), Containment(networks_left_out(cut.scope))
    return (
        segments_asked(cut.scope) <= segments_asked(later.scope)
        and all(map(swept.holds, networks_asked(cut.scope)))
        and all(map(spared.holds, networks_left_out(later.scope)))
        and _Whole(later).holds_all(cut.coverage)
    )


class _Whole:
    """What a scan asked to its end: networks, and other labels of rows, by channel and ports. How ports were looked for
    does not matter."""

    def __init__(self, scan: ScanResult) -> None:
        rows: dict[tuple[str, bool, frozenset[int]], set[str]] = defaultdict(set)
        for row in scan.coverage:
            if row.state == "asked":
                rows[_channel(row), row.only_known, frozenset(row.ports)].add(row.network)
        self._asked = [(*key, texts, Containment(networks_asked(texts))) for key, texts in rows.items()]

    def holds_all(self, rows: Iterable[Coverage]) -> bool:
        """Whether it asked all that these rows should have; what was said to hosts that answered is not meant."""
        return all(self._holds(row) for row in rows if network_named(row.network) or span_of(row))

    def _holds(self, row: Coverage) -> bool:
        network = network_named(row.network)
        return any(
            channel == _channel(row)
            and known <= row.only_known
            and ports.issuperset(row.ports)
            and (row.network in texts or (network is not None and inside.holds(network)))
            for channel, known, ports, texts, inside in self._asked
        )


def _channel(row: Coverage) -> str:
    return "ports" if row.ports else row.channel
