"""What a scan would send, for people and programs: the line before the first packet, and the whole of `--dry-run`."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from typing import Any

from camscan.cli.formats import Format, Screen
from camscan.discover.plan import Plan, Step
from camscan.report.csv import write_rows
from camscan.report.jsonl import as_json
from camscan.report.ranges import as_ranges
from camscan.report.table import where
from camscan.report.terminal import Cell, Grid, Line, Part, cell, heading, line, to_text

SCHEMA = "camscan.plan/1"
RANGES_SHOWN = 4  # in the one line before the first packet; the dry run shows all

_STEP_COLUMNS = ("Channel", "Where", "Asks", "Hosts", "Packets", "Connects", "Size")
_TURN_COLUMNS = ("Protocol", "Asks", "Packets", "Connects", "Size")
_NUMBERS = frozenset(["Hosts", "Packets", "Connects", "Size"])
_REQUESTS_SHOWN = 4  # of one step; `camscan requests` lists them all
_UNITS = ("B", "kB", "MB", "GB", "TB")


def announcement(plan: Plan) -> str:
    """Ranges, interfaces and budget on one line."""
    ways = _listed(dict.fromkeys(i for i in _interfaces(plan) if i))
    return f"asking {_listed(_ranges(plan))} by {ways or 'no interface'}: {budget(plan)}"


def budget(plan: Plan) -> str:
    """`8,128 packets, 7,620 connections, 1.2 MB, about 36 seconds, then a few questions to each device found`."""
    seconds = max(1, round(plan.seconds))
    counted = f"{plan.packets:,} packets, {plan.connections:,} connections, {_size(plan.bytes)}"
    return f"at most {counted}, about {_duration(seconds)}, and the turns with each host that answers"


def unreachable(plan: Plan) -> list[str]:
    """The networks to be asked to which there is no way."""
    return [network for s in plan.steps if s.mode == "ports" and s.not_possible for network in s.networks]


def render_plan(plan: Plan, form: Format, view: Screen) -> str:
    """The whole plan as text in the wanted form."""
    if form is Format.TABLE:
        return _table(plan, view)
    if form is Format.JSON:
        return as_json(plan_document(plan))
    rows = [asdict(step) for step in plan.steps]
    if form is Format.JSONL:
        return "".join(json.dumps(row) + "\n" for row in rows)
    names = [f.name for f in fields(Step)]
    return write_rows(names, ([_flat(row[name]) for name in names] for row in rows))


def plan_document(plan: Plan) -> dict[str, Any]:
    """The plan as plain data; `steps` with `per_host` count for each host that answers, and are not in the totals."""
    return {
        "schema": SCHEMA,
        "vantage": plan.vantage,
        "scope": {
            "swept": [str(network) for network in plan.scope.swept],
            "segments": [{"interface": i.name, "network": str(n)} for i, n in plan.scope.segments],
            "excluded": [str(network) for network in plan.scope.excluded],
            "addresses": plan.scope.count(),
        },
        "interfaces": [interface.name for interface in plan.interfaces],
        "engine": plan.settings.engine,
        "rate": plan.settings.rate,
        "near_rate": plan.near_rate,
        "totals": {
            "packets": plan.packets,
            "connections": plan.connections,
            "bytes": plan.bytes,
            "seconds": round(plan.seconds, 1),
        },
        "steps": [asdict(step) for step in plan.steps],
        "notes": list(plan.notes),
    }


def _table(plan: Plan, view: Screen) -> str:
    return to_text(_parts(plan), terminal=view.terminal, width=view.width)


def _parts(plan: Plan) -> Iterator[Part]:
    groups = _alike(plan.steps)
    yield from _facts(plan)
    yield from heading("Steps")
    yield _grid(_STEP_COLUMNS, [_step_cells(g) for g in groups if not (g[0].per_host or g[0].not_possible)])
    yield from heading("Then, to each host that is found, where a port is open or a reply names one")
    yield _grid(_TURN_COLUMNS, [_turn_cells(g[0]) for g in groups if g[0].per_host and not g[0].not_possible])
    impossible = [g for g in groups if g[0].not_possible]
    if impossible:
        yield from heading("Not possible")
        yield from (line(f"{g[0].channel}, {_where(g)}: {g[0].not_possible}", "yellow") for g in impossible)
    yield Line("")
    yield line(f"In all {budget(plan)}.", "bold")
    yield line("Dry run: nothing was sent to any of these addresses.")


def _facts(plan: Plan) -> Iterator[Line]:
    scope = plan.scope
    swept = " ".join(as_ranges(map(str, scope.swept)))
    yield line(f"Addresses  {scope.count():,}: {swept}" if swept else "Addresses  none one by one")
    yield line(f"Segments   {', '.join(f'{i.name} {n}' for i, n in scope.segments) or 'none'}")
    yield line(f"Left out   {' '.join(as_ranges(map(str, scope.excluded))) or 'nothing'}")
    yield from (line(f"Note       {note}") for note in plan.notes)


def _grid(columns: tuple[str, ...], rows: list[tuple[Cell, ...]]) -> Grid:
    return Grid(columns=columns, rows=rows, right=_NUMBERS, spare=("Asks",))


def _step_cells(steps: list[Step]) -> tuple[Cell, ...]:
    first = steps[0]
    sums = (sum(s.addresses for s in steps), sum(s.packets for s in steps), sum(s.connections for s in steps))
    size = _size(sum(s.bytes for s in steps))
    return cell(first.channel), cell(_where(steps)), _asks(first), *(cell(f"{n:,}") for n in sums), cell(size)


def _turn_cells(step: Step) -> tuple[Cell, ...]:
    counts = (cell(f"{step.packets:,}"), cell(f"{step.connections:,}"), cell(_size(step.bytes)))
    return cell(step.protocol), _asks(step), *counts


def _asks(step: Step) -> Cell:
    return cell(_listed(step.requests, _REQUESTS_SHOWN))


def _where(steps: list[Step]) -> str:
    return where(steps[0].interface, (step.network for step in steps))


def _alike(steps: Iterable[Step]) -> list[list[Step]]:
    """Steps that differ in the network alone, together."""
    groups: dict[object, list[Step]] = {}
    for step in steps:
        groups.setdefault((step.channel, step.interface, step.not_possible), []).append(step)
    return list(groups.values())


def _interfaces(plan: Plan) -> Iterator[str | None]:
    return (step.interface for step in plan.taken if step.not_possible is None)


def _ranges(plan: Plan) -> list[str]:
    segments = (f"{n} (multicast)" for _, n in plan.scope.segments if n not in plan.scope.swept)
    return [*as_ranges(map(str, plan.scope.swept)), *segments]


def _listed(words: Iterable[str], limit: int = RANGES_SHOWN) -> str:
    listed = list(words)
    more = f" and {len(listed) - limit} more" if len(listed) > limit else ""
    return ", ".join(listed[:limit]) + more


def _flat(value: object) -> object:
    return " ".join(value) if isinstance(value, tuple) else value


def _size(count: float) -> str:
    for unit in _UNITS[:-1]:
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} {_UNITS[-1]}"


def _duration(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} second{'s' if seconds > 1 else ''}"
    return f"{seconds // 60} minutes" if seconds < 7200 else f"{seconds / 3600:.1f} hours"
