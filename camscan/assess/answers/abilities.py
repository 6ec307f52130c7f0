"""What devices are capable of, and how that is known: by their own word or their model number, as the inventory has it.
The rules and sources are those of the evidence, where somebody looked for it.

Who does not say that he can do something may do it all the same: of him it cannot be said, and never is it said that he
cannot. Whether something is switched on no reply tells without a login, but for the maker's cloud, of which the makers'
discovery protocols tell whether it is.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from camscan.answer import Ability, Ground
from camscan.assess.answers.shares import shares
from camscan.assess.answers.told import CLOUD, stands
from camscan.assess.overview.evidence import CAPABILITY
from camscan.dossier import Evidence, Sheet
from camscan.model import Capability, Finding

MAKERS_CLOUD = "cloud"
GROUNDS = 3  # told of each; camscan explain has all

Known = tuple[Sheet, Capability]
"""A device and what it is known to be capable of."""


def abilities(devices: Sequence[Sheet]) -> Mapping[str, Ability]:
    """By the id of the capability."""
    known: dict[str, list[Known]] = defaultdict(list)
    for one in devices:
        for able in one.device.capabilities:
            known[able.id].append((one, able))
    found = {name: _ability(name, some) for name, some in known.items()}
    return {**found, MAKERS_CLOUD: _cloud(devices)}


def _ability(name: str, known: Sequence[Known]) -> Ability:
    devices = [one for one, _ in known]
    states, switched = Counter(able.state for _, able in known), Counter(able.enabled for _, able in known)
    grounds = Counter(
        Ground(rule=row.rule, source=row.source, date=row.date) for one in devices for row in _grounds(one, name)
    )
    return Ability(
        id=name,
        observed=states["observed"],
        inferred=states["inferred"],
        untraced=states[None],
        enabled=switched[True],
        disabled=switched[False],
        models=shares(one.device.model for one in devices),
        sites=shares(one.device.site for one in devices),
        grounds=tuple(ground for ground, _ in grounds.most_common(GROUNDS)),
    )


def _grounds(one: Sheet, name: str) -> Iterator[Evidence]:
    yield from (row for row in one.evidence if (row.attribute, row.value) == (CAPABILITY, name))


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
        models=shares(one.device.model for one in (*on, *off)),
        sites=shares(one.device.site for one in (*on, *off)),
        grounds=tuple(rows)[:GROUNDS],
    )


def _findings(devices: Sequence[Sheet]) -> Iterator[Finding]:
    yield from (row for one in devices for row in one.device.findings if row.id == CLOUD)
