"""The policies that camscan knows, as a list and each by itself; and the outcome of a check of one's own policy."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from camscan.report.terminal import Grid, Line, Part, cell, heading, line, to_text

DISCLAIMER = "Facts for an audit report, not legal advice."
_COLUMNS = ("Id", "Jurisdiction", "Since", "Makers", "Scope", "Binds")
_CHECK_COLUMNS = ("Verdict", "Address", "Rule", "Why")
_ANSWERS = {"fail": ("fail", "bold red"), "cannot-say": ("cannot say", "yellow")}

Row = Mapping[str, Any]


def as_policy_list(rows: Sequence[Row], *, terminal: bool = False, width: int = 80) -> str:
    """One line a policy."""
    cells = [
        (
            cell(row["id"], "bold"),
            cell(row["jurisdiction"]),
            cell(row["effective"]),
            cell(_makers(row)),
            cell(", ".join(row["scope"])),
            cell(row["binds"]),
        )
        for row in rows
    ]
    table = Grid(columns=_COLUMNS, rows=cells, spare=("Binds", "Scope", "Makers"))
    return to_text((table, Line(""), line(DISCLAIMER, "dim")), terminal=terminal, width=width)


def _makers(row: Row) -> str:
    """Those that the text reaches; where of all it cannot be said, those that it might."""
    reached = [reach["who"] for reach in row["reach"] if not reach["cannot_say"]]
    return "; ".join(reached) or "; ".join(f"{reach['who']} (cannot say)" for reach in row["reach"])


def as_policy(row: Row, *, terminal: bool = False, width: int = 80) -> str:
    """Everything of one policy."""
    return to_text(_policy(row), terminal=terminal, width=width)


def _policy(row: Row) -> Iterator[Part]:
    yield line(f"{row['id']}: {row['name']}, {row['jurisdiction']}", "bold")
    yield line(row["sentence"])
    yield Line("")
    yield line(f"since         {row['effective']}")
    yield line(f"binds         {row['binds']}")
    yield line(f"scope         {', '.join(row['scope'])}")
    yield line(f"citation      {row['citation']}")
    for reach in row["reach"]:
        yield line(f"devices       {reach['devices']}")
    yield line(f"affiliates    {row['affiliates']}")
    for condition in row["conditions"]:
        yield line(f"site          {condition}")
    for name in ("limit", "note"):
        if row[name]:
            yield line(f"{name:14}{row[name]}")
    yield from heading("steps")
    yield from (line(f"  {step['on']:10}  {step['what']}") for step in row["steps"])
    yield from heading(f"sources, looked at on {row['date']} (confidence {row['confidence']})")
    yield from (line(f"  {source}") for source in row["sources"])
    yield Line("")
    yield line(DISCLAIMER, "dim")


def as_check(outcome: Row, *, terminal: bool = False, width: int = 80) -> str:
    """What fails, device by device, and a line that counts."""
    return to_text(_check(outcome), terminal=terminal, width=width)


def _check(outcome: Row) -> Iterator[Part]:
    if outcome["broken"]:
        yield _broken(outcome["broken"])
        yield Line("")
    yield line(check_summary(outcome), "green" if outcome["passed"] else "bold red")


def _broken(rows: Iterable[Row]) -> Grid:
    cells = [
        (cell(*_ANSWERS[row["answer"]]), cell(row["address"]), cell(row["rule"]), cell(row["reason"])) for row in rows
    ]
    return Grid(columns=_CHECK_COLUMNS, rows=cells)


def check_summary(outcome: Row) -> str:
    """Whether it passes, and what of how many devices does not."""
    answers = [row["answer"] for row in outcome["broken"]]
    failing, unsure = answers.count("fail"), answers.count("cannot-say")
    counts = "a failure" if outcome["unknown"] == "fail" else "no failure"
    parts = [
        f"{outcome['policy']}: {'passes' if outcome['passed'] else 'fails'}",
        f"devices judged {outcome['judged']:,}",
    ]
    parts += [f"left out {outcome['left_out']:,}"] if outcome["left_out"] else []
    parts += [f"rules broken {failing:,}"] if failing else []
    parts += [f"not to be judged {unsure:,}, which is {counts}"] if unsure else []
    return ", ".join(parts) + f" (as of {outcome['on']})"
