"""Every device that is there, with everything that stands of it now, for reports: no history, and no reply's bytes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy.engine import Connection

from camscan.dossier import Sheet
from camscan.inventory.decisions import all_decisions
from camscan.inventory.facts import MIDDLEBOX
from camscan.inventory.in_force import InForce
from camscan.inventory.scans import scan_times
from camscan.inventory.sheet_as_one import together
from camscan.inventory.sheet_judgements import read_judgements
from camscan.inventory.sheet_records import Record, records_there
from camscan.inventory.sheet_values import read_attributes, read_heard
from camscan.model import Capability, Device, Middlebox, Service
from camscan.place import WHERE, Location

_TEXTS = ("mac", "vendor", "brand", "model", "firmware", "build", "serial", "kind", "site")
_UNTOLD = "nobody asked how many addresses it answers for"


def sheets(connection: Connection, *, now: float) -> list[Sheet]:
    """The devices, a whole and its parts as one, in the order of their numbers. Decisions are those that hold `now`, in
    seconds since the epoch."""
    times = scan_times(connection)
    decided = InForce(all_decisions(connection), now)
    devices = records_there(connection)
    records = {one.number: one for group in devices for one in group}
    read_attributes(connection, records, times)
    read_judgements(connection, records, times, decided)
    read_heard(connection, records)
    return [_sheet(group, times, decided) for group in devices]


def _sheet(group: Sequence[Record], times: Mapping[int, float], decided: InForce) -> Sheet:
    whole = together(group)
    values = whole.values
    return Sheet(
        numbers=tuple(one.number for one in group),
        device=_device(whole, times, decided),
        uuid=values.get("uuid"),
        where=Location(**{name: values.get(name) for name in WHERE}),
        since=whole.since,
        unconfirmed=whole.unconfirmed,
        untold=whole.untold,
        heard=tuple(whole.heard),
        vantages=tuple(sorted(whole.vantages)),
    )


def _device(one: Record, times: Mapping[int, float], decided: InForce) -> Device:
    values = one.values
    box = Middlebox(addresses=0, networks=(), reason=_UNTOLD) if values.get("kind") == MIDDLEBOX else None
    address = values.get("address", "")
    return Device(
        id=one.id,
        address=address,
        addresses=tuple(dict.fromkeys((address, *sorted(one.members["addresses"])))),
        **{name: values.get(name) for name in _TEXTS},  # type: ignore[arg-type]  # the names are those of texts
        capabilities=tuple(
            Capability(id=name, state=able.state, enabled=able.enabled, evidence=())
            for name, able in sorted(one.able.items())
        ),
        confidence=one.confidence,
        claims=(),
        conflicts=(),
        services=tuple(_services(one.members["services"], address)),
        observations=(),
        channels=(),
        middlebox=box,
        findings=tuple(one.judged["finding"].values()),
        advisories=tuple(one.judged["advisory"].values()),
        verdicts=tuple(one.judged["verdict"].values()),
        approved=decided.approved(one.root),
        tags=decided.tags(one.root),
        first_seen=times[one.first_scan],
        last_seen=times[one.last_scan],
    )


def _services(members: Iterable[str], address: str) -> Iterator[Service]:
    """`tcp/554/rtsp`, as the register keeps them."""
    for member in sorted(members):
        transport, _, rest = member.partition("/")
        port, _, protocol = rest.partition("/")
        if port.isdecimal():
            yield Service(address=address, port=int(port), transport=transport, protocol=protocol)
