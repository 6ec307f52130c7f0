"""The advisories that camscan knows, as a list and explained one by one; works on plain data, as `--format json`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from camscan.report.terminal import Cell, Grid, Line, Part, cell, heading, line, to_text

_COLUMNS = ("Id", "Maker", "Severity", "Exploited", "Login", "By a scan", "Title")
LOGINS = {
    "none": "no login is needed",
    "low": "a login of any kind is needed",
    "admin": "an administrator's login is needed",
    "local": "local access is needed",
    "physical": "the device in hand is needed",
    "mitm": "a place between the device and its user is needed",
    "hash-known": "the hash of a password is needed",
    "default-credentials": "a default password that was never changed is needed",
    "unknown": "whether a login is needed is not known",
}
_BOUNDS = {"since": "from", "until": "up to", "before": "before", "only": "found in", "fixed": "fixed in"}


def as_advisory_list(rows: Sequence[Mapping[str, Any]], *, terminal: bool = False, width: int = 80) -> str:
    """One line an advisory, and a count below."""
    grid = Grid(columns=_COLUMNS, rows=[_cells(row) for row in rows], spare=("Login", "By a scan"))
    return to_text((grid, Line(""), line(_summary(rows))), terminal=terminal, width=width)


def _cells(row: Mapping[str, Any]) -> tuple[Cell, ...]:
    score = "" if row["cvss"] is None else f" {row['cvss']}"
    return (
        cell(row["id"]),
        cell(" ".join(row["brands"] or row["makers"])),
        cell(f"{row['severity']}{score}", "red" if row["severity"] == "critical" else ""),
        cell(row["kev"], "bold red"),
        cell(row["login"]),
        cell("no" if row["unseen"] else "yes"),
        cell(row["title"]),
    )


def _summary(rows: Sequence[Mapping[str, Any]]) -> str:
    exploited = sum(1 for row in rows if row["kev"])
    unseen = sum(1 for row in rows if row["unseen"])
    newest = max((row["date"] for row in rows), default=None)
    dated = f" Data of {newest}." if newest else ""
    counted = (
        f"{len(rows)} advisories, {exploited} of them exploited by the list of CISA, {unseen} that no scan can see."
    )
    return counted + dated


def as_advisory_text(rows: Iterable[Mapping[str, Any]], *, terminal: bool = False, width: int = 80) -> str:
    """Each advisory whole: how bad, whom it concerns, which firmware, in whose words."""
    return to_text((part for row in rows for part in _explained(row)), terminal=terminal, width=width)


def _explained(row: Mapping[str, Any]) -> Iterator[Part]:
    yield line(f"{row['id']}: {row['title']}", "bold")
    yield line(f"{_severity(row)}; {LOGINS[row['login']]}.")
    if row["kev"]:
        yield line(f"Known to be exploited: in the list of CISA since {row['kev']}.", "bold red")
    yield line(_concerns(row))
    if row["unseen"]:
        yield line(f"Not visible to a scan: {row['unseen']}.")
    for statement in row["affected"]:
        yield from heading(_whom(statement))
        yield line(f"  {_when(statement)}")
        yield from (line(f"  {statement[name]}") for name in ("possible", "earlier", "gap") if statement[name])
        yield line(f'  "{statement["said"]}"', "dim")
    yield line("")
    yield from (line(text) for text in (row["note"],) if text)
    yield line(f"Data of {row['date']}, confidence {row['confidence']}. Sources:", "dim")
    yield from (line(f"  {source}", "dim") for source in row["sources"])
    yield line("")


def _severity(row: Mapping[str, Any]) -> str:
    if row["cvss"] is None:
        return f"Severity {row['severity']}: no source scores it"
    vector = f", {row['cvss_vector']}" if row["cvss_vector"] else ""
    source = f" by {row['cvss_source']}" if row["cvss_source"] else ""
    return f"Severity {row['severity']}: CVSS {row['cvss']}{source}{vector}"


def _concerns(row: Mapping[str, Any]) -> str:
    makers = f"made by {', '.join(row['makers'])}" if row["makers"] else ""
    brands = f"sold as {', '.join(row['brands'])}" if row["brands"] else ""
    published = f" Published {row['published']}." if row["published"] else ""
    whom = " and ".join(part for part in (makers, brands) if part)
    return f"Concerns what is {whom} ({row['component']}).{published}"


def _whom(statement: Mapping[str, Any]) -> str:
    line_only = ", firmware of the line named" if statement["same_line"] else ""
    return (" ".join(statement["models"] or statement["kinds"]) or "every model") + line_only


def _when(statement: Mapping[str, Any]) -> str:
    """`from V5.2.0 build 140721 up to V5.4.0 build 160530; fixed in V5.4.5 build 170123`"""
    named = {name: statement[name] for name in _BOUNDS if statement[name]}
    fixed = named.pop("fixed", None)
    words = _BOUNDS | ({"only": "tested and not vulnerable"} if statement["spared"] else {})
    range_ = " ".join(f"{words[name]} {_text(value)}" for name, value in named.items())
    return "; ".join(part for part in (range_ or "which firmware is not stated", fixed and f"fixed in {fixed}") if part)


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
