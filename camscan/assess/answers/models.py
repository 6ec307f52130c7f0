"""How many devices there are of which model, and of which kind."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from camscan.answer import ModelCount
from camscan.assess.overview.makers import is_rebranded
from camscan.dossier import Share, Sheet


def model_counts(devices: Sequence[Sheet]) -> tuple[ModelCount, ...]:
    """The most frequent first, those of unknown model last."""
    groups: dict[tuple[str | None, str | None, str | None], list[Sheet]] = defaultdict(list)
    for one in devices:
        groups[one.device.vendor, one.device.model, one.device.kind].append(one)
    counts = [
        ModelCount(
            maker=maker,
            model=model,
            kind=kind,
            brands=tuple(sorted({one.device.brand or "" for one in some if is_rebranded(one)})),
            abilities=tuple(sorted({able.id for one in some for able in one.device.capabilities})),
            count=len(some),
        )
        for (maker, model, kind), some in groups.items()
    ]
    return tuple(sorted(counts, key=_order))


def _order(one: ModelCount) -> tuple[bool, int, str, str, str]:
    return one.model is None, -one.count, one.maker or "", one.model or "", one.kind or ""


def kinds(devices: Sequence[Sheet]) -> tuple[Share, ...]:
    """The most frequent first, those of unknown kind last, under an empty label."""
    counts = Counter(one.device.kind or "" for one in devices)
    ordered = sorted(counts, key=lambda kind: (not kind, -counts[kind], kind))
    return tuple(Share(label=kind, count=counts[kind]) for kind in ordered)
