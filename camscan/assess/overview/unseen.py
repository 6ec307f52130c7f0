"""What could not be asked: of each network and channel the newest scan that tried counts."""

from collections import defaultdict
from collections.abc import Iterable

from camscan.dossier import Unseen
from camscan.model import Coverage, ScanResult


def unseen(scans: Iterable[ScanResult]) -> tuple[Unseen, ...]:
    """Whatever was not asked to the end, networks with the same reason together. Scans come newest first."""
    newest: dict[tuple[str, str], Coverage] = {}
    for scan in scans:
        tried: dict[tuple[str, str], Coverage] = {}
        for row in scan.coverage:
            place = row.network, row.channel
            if place not in tried or row.state == "asked":  # one of two interfaces is enough
                tried[place] = row
        newest = tried | newest
    groups: dict[tuple[str, str, str | None], list[str]] = defaultdict(list)
    for row in newest.values():
        if row.state != "asked":
            groups[row.state, row.channel, row.reason].append(row.network)
    return tuple(
        Unseen(state=state, channel=channel, reason=reason, networks=tuple(networks))
        for (state, channel, reason), networks in sorted(groups.items(), key=lambda g: (-len(g[1]), str(g[0])))
    )
