"""How well recorded replies with known truth are named: `python tests/measure.py FILE…`.

FILE is JSON Lines in the form `camscan replay` reads, each line with `truth` and the flags `target`, `provable`,
`circular`, `honeypot`, `model_in_reply`, `firmware_in_reply`; or the directory of captures (`tests/captures`). Prints,
per protocol and over all: maker recall on targets, false positives, exactness of model, firmware and brand, every miss.
"""

import json
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from camscan.identify.knowledge_base import load_knowledge
from camscan.identify.sameness import canonical
from camscan.intake.replay import BadLine, read_replies
from camscan.model import Device, Reply
from camscan.scan import judge

MAKERS = ("hikvision", "dahua")
DOUBTED = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One recorded reply with what is known of the device."""

    id: str
    reply: Reply
    truth: dict[str, str | None]
    target: bool
    counted: bool
    honeypot: bool
    model_in_reply: bool
    firmware_in_reply: bool


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
    return Row(
        id=row["id"],
        reply=reply,
        truth=row["truth"],
        target=row["target"],
        counted=row["provable"] and not row["circular"],
        honeypot=row["honeypot"],
        model_in_reply=row["model_in_reply"],
        firmware_in_reply=row["firmware_in_reply"],
    )


def _capture_row(path: Path) -> Row:
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    keys = ("protocol", "transport", "port", "request", "encoding", "reply")
    line = json.dumps({"address": "192.0.2.1", **{k: document[k] for k in keys if k in document}})
    (reply,) = read_replies(str(path), [line])
    assert isinstance(reply, Reply), reply
    truth = {k: v or None for k, v in document["device"].items()}
    target = truth.get("vendor") in MAKERS
    return Row(
        id=f"{path.parent.name}/{path.stem}",
        reply=reply,
        truth=truth,
        target=target,
        counted=True,
        honeypot=False,
        model_in_reply=bool(truth.get("model")),
        firmware_in_reply=bool(truth.get("firmware")),
    )


class Score:
    """Right answers of all, with the misses."""

    def __init__(self) -> None:
        self.right: dict[str, int] = defaultdict(int)
        self.all: dict[str, int] = defaultdict(int)
        self.misses: list[str] = []

    def add(self, measure: str, right: bool, row: Row, saw: object) -> None:
        """Count one answer for its protocol and over all."""
        for key in (f"{measure} · {row.reply.protocol}", measure):
            self.all[key] += 1
            self.right[key] += right
        if not right:
            self.misses.append(f"{measure}: {row.id}: expected {_expected(measure, row)}, saw {saw}")


def _expected(measure: str, row: Row) -> object:
    return "no maker" if measure == "no false maker" else row.truth.get(measure.split()[0].replace("maker", "vendor"))


def measure(rows: list[Row]) -> Score:
    """Every row judged by itself, as if it were the only reply of its device."""
    knowledge, score = load_knowledge(), Score()
    for row in rows:
        devices = judge([row.reply], knowledge, scan_id="measure").devices
        _judge_row(row, devices[0] if devices else None, score)
    return score


def _judge_row(row: Row, device: Device | None, score: Score) -> None:
    vendor = device.vendor if device else None
    if not row.target:
        doubted = device is not None and device.confidence.get("vendor", 0) <= DOUBTED and bool(device.conflicts)
        score.add("no false maker", vendor not in MAKERS or (row.honeypot and doubted), row, vendor)
        return
    right = vendor == str(row.truth.get("vendor")).lower()
    score.add("maker" if row.counted else "maker (circular or unprovable, not counted)", right, row, vendor)
    for attribute, wanted in (("model", row.model_in_reply), ("firmware", row.firmware_in_reply)):
        if wanted:
            _compare(attribute, row, device, score)
    if row.counted and row.truth.get("brand"):
        _compare("brand", row, device, score)


def _compare(attribute: str, row: Row, device: Device | None, score: Score) -> None:
    saw = getattr(device, attribute) if device else None
    wanted = str(row.truth[attribute])
    if attribute == "brand":
        wanted = wanted.lower().replace(" ", "-")
    score.add(attribute, canonical(attribute, saw or "") == canonical(attribute, wanted), row, saw)


def main(names: list[str]) -> None:
    """Print the figures of every file named."""
    for name in names or [str(Path(__file__).parent / "captures")]:
        rows = list(read_rows(Path(name)))
        score = measure(rows)
        print(f"{name}: {len(rows)} replies")
        for key in sorted(score.all, key=lambda k: (" · " in k, k)):
            print(f"  {key:55} {score.right[key]:4} of {score.all[key]:4}  {score.right[key] / score.all[key]:7.1%}")
        print(*(f"  miss: {m}" for m in score.misses), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
