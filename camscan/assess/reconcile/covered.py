"""Whether somebody who is in the list alone was asked: only then is he missing, else nobody has looked for him.

The rule: asked is an address where a channel that takes address by address and that everything on a network answers
(TCP ports, ARP) went to its end. What not every device answers (multicast, broadcast, one maker's own question), or
what was cut short, asks partly. Of several scans the one counts that asked most, of those alike the newest.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import cache

from camscan.assess.vantage.asked import ANY_PORT, Asked
from camscan.model import Coverage, ScanResult
from camscan.reconciliation import COVERED, Covered

NO_ADDRESS = "the list gives no address"
NO_SCAN = "nothing is known of what was asked"
PRUNED = "not by the scans that are kept; what older ones asked was pruned"

_NAMED = 3  # channels in a reason


class CoveredBy:
    """What some scans asked, the newest first; `boxes` are addresses at which a box answers that answers for many.
    `pruned`: what older scans asked is forgotten, so that nobody can say of an address that it was not asked."""

    def __init__(self, scans: Iterable[ScanResult], boxes: frozenset[str], *, pruned: bool = False) -> None:
        self._pruned = pruned
        self._scans = [Asked(scan) for scan in _unlike(scans)]
        self._boxes = boxes
        self.of = cache(self._of)

    def _of(self, address: str | None) -> Covered:
        """How far the address was asked."""
        if address is None:
            return Covered(state="cannot-say", reason=NO_ADDRESS)
        if address in self._boxes:
            return Covered(state="cannot-say", reason="a box that answers for many addresses answers there")
        best: Covered | None = None
        for asked in self._scans:
            one = _by(asked, address)
            if best is None or COVERED.index(one.state) < COVERED.index(best.state):
                best = one
            if best.state == "asked":
                break
        if self._pruned and (best is None or best.state == "not-asked"):
            return Covered(state="cannot-say", reason=PRUNED)
        return best or Covered(state="cannot-say", reason=NO_SCAN)


def _unlike(scans: Iterable[ScanResult]) -> Iterator[ScanResult]:
    """Of scans that asked the same the first: of nights that are alike, one."""
    seen: set[Hashable] = set()
    for scan in scans:
        rows = frozenset((row.network, row.channel, row.state, row.ports, row.only_known) for row in scan.coverage)
        key = (scan.scope, rows)
        if key not in seen:
            seen.add(key)
            yield scan


def _by(asked: Asked, address: str) -> Covered:
    rows, time = asked.rows(address), asked.scan.ended or asked.scan.started
    whole = [row for row in rows if row.state == "asked"]
    if some := [row for row in whole if _asks_everybody(row)]:
        return Covered(state="asked", reason=f"by {_listed(some)}", time=time)
    if cut := [row for row in rows if row.state == "partial"]:
        why = f": {cut[0].reason}" if cut[0].reason else ""
        return Covered(state="partly", reason=f"by {_listed(cut)}, not to the end{why}", time=time)
    if whole:
        return Covered(state="partly", reason=f"by {_listed(whole)} alone, which not every device answers", time=time)
    if rows:
        why = f": {rows[0].reason}" if rows[0].reason else ""
        return Covered(state="cannot-say", reason=f"{_listed(rows)} could not ask{why}", time=time)
    return Covered(state="not-asked", reason=asked.of(address, ANY_PORT).reason or "nobody asked it", time=time)


def _asks_everybody(row: Coverage) -> bool:
    return (row.channel.startswith("tcp ") and bool(row.ports)) or row.channel == "arp sweep"


def _listed(rows: Sequence[Coverage]) -> str:
    names = list(dict.fromkeys(row.channel for row in rows))
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"
