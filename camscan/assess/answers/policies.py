"""How many devices which policy covers."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from camscan.answer import PolicyCount
from camscan.dossier import Sheet
from camscan.model import PolicyVerdict


def policy_counts(devices: Sequence[Sheet]) -> tuple[PolicyCount, ...]:
    """Of each policy that any of them was held against, those that cover the most first. A verdict counts also where
    the owner has decided to live with it: the text says what it says."""
    verdicts: dict[str, list[PolicyVerdict]] = defaultdict(list)
    for one in devices:
        for row in one.device.verdicts:
            verdicts[row.policy].append(row)
    rows = [_count(policy, rows, len(devices)) for policy, rows in verdicts.items()]
    return tuple(sorted(rows, key=lambda row: (-row.covered, -row.unsure, row.policy)))


def _count(policy: str, rows: Sequence[PolicyVerdict], devices: int) -> PolicyCount:
    answers = Counter(row.verdict for row in rows)
    newest = max(rows, key=lambda row: row.date)
    return PolicyCount(
        policy=policy,
        covered=answers["covered"],
        not_covered=answers["not-covered"],
        unsure=answers["cannot-say"],
        unjudged=devices - len(rows),
        citation=newest.citation,
        date=newest.date,
    )
