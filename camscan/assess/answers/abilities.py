"""What devices are capable of, and how that is known.

Who does not say that he can do something may do it all the same: of him it cannot be said, and never is it said that he
cannot. Whether something is switched on no reply tells without a login, but for the maker's cloud, of which the makers'
discovery protocols tell whether it is.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from camscan.answer import Ability, Ground
from camscan.assess.answers.told import CLOUD, stands
from camscan.assess.overview.evidence import CAPABILITY, FROM_MODEL
from camscan.dossier import Evidence, Share, Sheet
from camscan.model import Finding

MAKERS_CLOUD = "cloud"
GROUNDS = 3  # told of each; camscan explain has all

Known = tuple[Sheet, Evidence | None]
"""A device of which an ability is known, and by what, None where nobody looked."""


def abilities(devices: Sequence[Sheet]) -> Mapping[str, Ability]:
    """By the id of the capability."""
    known: dict[str, list[Known]] = defaultdict(list)
    for one in devices:
        grounds = _grounds(one)
        for able in one.device.capabilities:
            known[able.id].append((one, grounds.get(able.id)))
    found = {name: _ability(name, some) for name, some in known.items()}
    return {**found, MAKERS_CLOUD: _cloud(devices)}


def _grounds(one: Sheet) -> dict[str, Evidence]:
    """By what each ability is known: the device's own word before its model number."""
    rows = [row for row in one.evidence if row.attribute == CAPABILITY]
    return {row.value: row for row in sorted(rows, key=lambda row: row.field != FROM_MODEL)}


def _ability(name: str, known: Sequence[Known]) -> Ability:
    devices = [one for one, _ in known]
    states = Counter("untraced" if by is None else _state(by) for _, by in known)
    grounds = Counter(Ground(rule=by.rule, source=by.source, date=by.date) for _, by in known if by is not None)
    return Ability(
        id=name,
        observed=states["observed"],
        inferred=states["inferred"],
        untraced=states["untraced"],
        models=_shares(one.device.model for one in devices),
        sites=_shares(one.device.site for one in devices),
        grounds=tuple(ground for ground, _ in grounds.most_common(GROUNDS)),
    )


def _state(by: Evidence) -> str:
    return "inferred" if by.field == FROM_MODEL else "observed"


def _cloud(devices: Sequence[Sheet]) -> Ability:
    """Who says that it is switched on or off has it."""
    on = [one for one in devices if stands(one, CLOUD)]
    off = [one for one in devices if stands(one, CLOUD) is False]
    rows = {Ground(rule=row.id, source=row.source, date=row.date): None for row in _findings(on)}
    return Ability(
        id=MAKERS_CLOUD,
        observed=len(on) + len(off),
        enabled=len(on),
        disabled=len(off),
        models=_shares(one.device.model for one in (*on, *off)),
        sites=_shares(one.device.site for one in (*on, *off)),
        grounds=tuple(rows)[:GROUNDS],
    )


def _findings(devices: Sequence[Sheet]) -> Iterator[Finding]:
    yield from (row for one in devices for row in one.device.findings if row.id == CLOUD)


def _shares(labels: Iterator[str | None]) -> tuple[Share, ...]:
    """The most frequent first, what is not known last, under an empty label."""
    counts = Counter(label or "" for label in labels)
    ordered = sorted(counts, key=lambda label: (not label, -counts[label], label))
    return tuple(Share(label=label, count=counts[label]) for label in ordered)
