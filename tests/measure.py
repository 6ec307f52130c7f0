"""How well recorded replies with known truth are named: `python tests/measure.py FILE…`.

FILE is JSON Lines in the form `camscan replay` reads, each line with `truth` and the flags `target`, `provable`,
`circular`, `honeypot`, `model_in_reply`, `firmware_in_reply`; or the directory of captures (`tests/captures`). Every
row is judged by itself, as if it were the only reply of its device. Prints per protocol and over all how often maker,
model, firmware and brand are right, and whether the goals are met; apart and not counted: rows whose truth rests on the
sign a detector would use (circular), rows that carry no sign at all (unprovable), and brands that the reply does not
name. Then every miss, and every value stated where the truth is another or unknown.
"""

import json
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from camscan.identify.fuse import DOUBTED
from camscan.identify.knowledge_base import Knowledge, load_knowledge
from camscan.identify.sameness import canonical
from camscan.intake.replay import BadLine, read_replies
from camscan.judge import judge
from camscan.model import MAKERS, Device
from camscan.reply import Reply
from tests.brand_tokens import names_brand

READ = ("model", "firmware", "brand")
APART = "not counted: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A measure, the least share that must be right, and the misses that are forgiven whatever the share."""

    measure: str
    share: float
    forgiven: int = 0


GOALS = (
    Goal(measure="maker", share=0.99),
    Goal(measure="no false maker", share=1.0),
    Goal(measure="model", share=1.0, forgiven=1),
    Goal(measure="firmware", share=1.0, forgiven=1),
    Goal(measure="brand", share=0.95),
    Goal(measure="unknown stays unknown", share=1.0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One recorded reply with what is known of the device. `closed`: what the truth leaves out must stay unknown."""

    id: str
    reply: Reply
    truth: dict[str, str | None]
    target: bool
    counted: bool
    honeypot: bool
    in_reply: frozenset[str]
    closed: bool


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a recording, or of a directory of captures."""
    if path.is_dir():
        yield from (_capture_row(p) for p in sorted(path.rglob("*.toml")))
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        (reply,) = read_replies(str(path), [line])
        if isinstance(reply, BadLine):
            raise SystemExit(str(reply))
        yield _recorded_row(json.loads(line), reply)


def _recorded_row(row: dict[str, Any], reply: Reply) -> Row:
    truth = {name: str(value) if value else None for name, value in row["truth"].items()}
    return Row(
        id=row["id"],
        reply=reply,
        truth=truth,
        target=row["target"],
        counted=row["provable"] and not row["circular"],
        honeypot=row["honeypot"],
        in_reply=frozenset(name for name in READ if row.get(f"{name}_in_reply")) | _brand_in(truth, reply),
        closed=False,
    )


def _capture_row(path: Path) -> Row:
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    keys = ("protocol", "transport", "port", "request", "encoding", "reply")
    line = json.dumps({"address": "192.0.2.1", **{k: document[k] for k in keys if k in document}})
    (reply,) = read_replies(str(path), [line])
    assert isinstance(reply, Reply), reply
    truth = {k: v or None for k, v in document["device"].items()}
    stated = frozenset(name for name in ("model", "firmware") if truth.get(name))
    return Row(
        id=f"{path.parent.name}/{path.stem}",
        reply=reply,
        truth=truth,
        target=truth.get("vendor") in MAKERS,
        counted=True,
        honeypot=False,
        in_reply=stated | _brand_in(truth, reply),
        closed=True,
    )


def _brand_in(truth: dict[str, str | None], reply: Reply) -> frozenset[str]:
    brand = truth.get("brand")
    return frozenset({"brand"}) if brand and names_brand(reply, brand) else frozenset()


@dataclass(slots=True, kw_only=True)
class Score:
    """Right answers of all, the misses, and what was stated without proof."""

    right: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    all: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    misses: list[str] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)

    def add(self, measure: str, right: bool, row: Row, expected: object, saw: object) -> None:
        """Count one answer for its protocol and over all."""
        for key in (f"{measure} · {row.reply.protocol}", measure):
            self.all[key] += 1
            self.right[key] += right
        if not right:
            self.misses.append(f"{measure}: {row.id}: expected {expected}, saw {saw}")

    def meets(self, goal: Goal) -> bool:
        """Whether a goal is met; one without a single row is."""
        missed = self.all[goal.measure] - self.right[goal.measure]
        return missed <= goal.forgiven or missed <= self.all[goal.measure] * (1 - goal.share)


def measure(rows: list[Row], knowledge: Knowledge | None = None) -> Score:
    """Every row judged by itself, as if it were the only reply of its device."""
    knowledge, score = knowledge or load_knowledge(), Score()
    for row in rows:
        devices = judge([row.reply], knowledge, scan_id="measure").devices
        _judge_row(row, devices[0] if devices else None, score)
    return score


def _judge_row(row: Row, device: Device | None, score: Score) -> None:
    vendor = device.vendor if device else None
    if row.target:
        apart = "" if row.counted else f"{APART}circular or unprovable: "
        score.add(f"{apart}maker", vendor == _id(row.truth["vendor"]), row, row.truth["vendor"], vendor)
        for attribute in READ:
            _judge_read(attribute, row, device, score)
        return
    doubted = device is not None and device.confidence.get("vendor", 0) <= DOUBTED and bool(device.conflicts)
    score.add("no false maker", vendor not in MAKERS or (row.honeypot and doubted), row, "no maker", vendor)
    if vendor is not None and not row.honeypot:
        _judge_neighbour(row, vendor, score)


def _judge_neighbour(row: Row, vendor: str, score: Score) -> None:
    """Another maker that was named: right, or (where the truth is unknown) said without proof."""
    known = row.truth.get("vendor")
    if known is None:
        score.unproven.append(f"vendor: {row.id}: truth unknown, saw {vendor}")
    elif vendor not in MAKERS:
        score.add(f"{APART}other makers named", _names(known, vendor), row, known, vendor)


def _judge_read(attribute: str, row: Row, device: Device | None, score: Score) -> None:
    """One value: counted where it stands in the reply; elsewhere it must not be stated otherwise than it is."""
    saw, wanted = getattr(device, attribute) if device else None, row.truth.get(attribute)
    right = saw is not None and wanted is not None and _agree(attribute, saw, wanted)
    if wanted and attribute in row.in_reply:
        apart = "" if row.counted else f"{APART}circular or unprovable: "
        score.add(f"{apart}{attribute}", right, row, wanted, saw)
    elif wanted and attribute == "brand":
        score.add(f"{APART}brand, which the reply does not name", right, row, wanted, saw)
    if row.closed and attribute in row.truth and wanted is None:
        score.add("unknown stays unknown", saw is None, row, "unknown", saw)
    elif attribute in row.truth and saw is not None and not right and not (wanted and attribute in row.in_reply):
        score.unproven.append(f"{attribute}: {row.id}: truth {wanted or 'unknown'}, saw {saw}")


def _agree(attribute: str, saw: str, wanted: str) -> bool:
    if attribute == "brand":
        return saw == _id(wanted)
    return canonical(attribute, saw) == canonical(attribute, wanted)


def _id(name: str | None) -> str:
    return (name or "").lower().replace(" ", "-")


def _names(known: str, vendor: str) -> bool:
    """Whether the truth, a name as people write it, is the maker named."""
    return load_knowledge().vocabulary.maker_of(known) == vendor or vendor in _id(known)


def report(score: Score) -> Iterator[str]:
    """The figures, the goals, the misses, and what was stated without proof."""
    for key in sorted(score.all, key=lambda k: (" · " in k, k.startswith(APART), k)):
        yield f"  {key:62} {score.right[key]:4} of {score.all[key]:4}  {score.right[key] / score.all[key]:7.1%}"
    for goal in GOALS:
        wanted = f"at least {goal.share:.0%}" + (f", {goal.forgiven} miss forgiven" if goal.forgiven else "")
        yield f"  goal {'met' if score.meets(goal) else 'NOT MET':8} {goal.measure}: {wanted}"
    yield from (f"  miss: {m}" for m in score.misses if not m.startswith(APART))
    yield from (f"  {m}" for m in score.misses if m.startswith(APART))
    yield from (f"  stated without proof: {m}" for m in score.unproven)


def main(names: list[str]) -> int:
    """Print the figures of every file named; 1 where a goal is not met."""
    met = True
    for name in names or [str(Path(__file__).parent / "captures")]:
        rows = list(read_rows(Path(name)))
        score = measure(rows)
        print(f"{name}: {len(rows)} replies", *report(score), sep="\n")
        met = met and all(score.meets(goal) for goal in GOALS)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
