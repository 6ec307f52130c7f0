"""How many devices have something that matters, where they are, and from where they were heard."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from camscan.assess.severity import matters
from camscan.dossier import Dossier, Reached, Share, Sheet
from camscan.model import MAKERS, SEVERITIES, Device

OTHER = "other"
NOTHING = "none"
WEIGHTY = "high"  # from here on a device counts as exposed


def exploited(device: Device) -> bool:
    """Whether an advisory affects it that attackers are known to use."""
    return any(row.is_open and row.kev for row in device.advisories)


def exposed(device: Device) -> bool:
    """Whether it lays something open that weighs."""
    return any(row.is_open and SEVERITIES.index(row.severity) >= SEVERITIES.index(WEIGHTY) for row in device.findings)


def worst(device: Device) -> str | None:
    """The severity of the worst that is open, None where nothing is."""
    return next((severity for severity in reversed(SEVERITIES) if matters(device, severity)), None)


def severities(devices: Sequence[Sheet]) -> tuple[Share, ...]:
    """The devices by the worst that is open, the worst first; marked are those that attackers have a use for."""
    labels = (*reversed(SEVERITIES), NOTHING)
    counts, marked = Counter[str](), Counter[str]()
    for one in devices:
        label = worst(one.device) or NOTHING
        counts[label] += 1
        marked[label] += exploited(one.device)
    return tuple(Share(label=label, count=counts[label], marked=marked[label]) for label in labels)


def sites(devices: Sequence[Sheet]) -> tuple[Share, ...]:
    """The devices by site, the most first, those at none last under an empty label; marked are the exploited."""
    counts, marked = Counter[str](), Counter[str]()
    for one in devices:
        counts[one.device.site or ""] += 1
        marked[one.device.site or ""] += exploited(one.device)
    ordered = sorted(counts, key=lambda label: (not label, -counts[label], label))
    return tuple(Share(label=label, count=counts[label], marked=marked[label]) for label in ordered)


def reached(dossier: Dossier) -> tuple[Reached, ...]:
    """The vantages, and how many devices of each maker were heard from there."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for one in dossier.sheets:
        if one.is_middlebox:
            continue
        for vantage in one.vantages:
            found[vantage][one.device.vendor if one.device.vendor in MAKERS else OTHER] += 1
    return tuple(Reached(vantage=name, by_maker=found[name]) for name in sorted(found))
