"""RFC 5424 lines: one for each device and one for each thing that stands on it, for a SIEM that reads syslog.

The structured data are for programs: `"`, `\\` and `]` in a value are escaped, and no value holds a control character
(section 6.3.3). The message is for people, and plain ASCII, so that it needs no mark of its encoding (6.4). HOSTNAME
and PROCID are not known. The number in the SD-ID is the one that RFC 5612 keeps for examples: camscan has none.
"""

from collections.abc import Iterator, Mapping

from camscan.register import Standing, Unit
from camscan.report.document import moment
from camscan.report.export.material import Material, value
from camscan.report.printable import printable
from camscan.report.standing import reasons

ENTERPRISE = "camscan@32473"
FACILITY = 13  # log audit
LEVELS = {"critical": 2, "high": 3, "medium": 4, "low": 5, "info": 6}
INFORMATIONAL = 6

_ATTRIBUTES = ("address", "vendor", "brand", "model", "firmware", "serial", "mac", "uuid", "kind", "site")
_ESCAPED = str.maketrans({"\\": "\\\\", '"': '\\"', "]": "\\]"})


def as_syslog(material: Material) -> Iterator[str]:
    """A line for each device, dated by when it was last seen, followed by one for each thing that stands on it, dated
    by since when it does. What its owner lives with has `ignored` and is informational."""
    for unit in material.units:
        yield _device(unit)
        yield from (_standing(unit, one) for one in unit.standing)


def _device(unit: Unit) -> str:
    told = _told(unit) | {"firstSeen": moment(unit.device.first_seen), "gone": moment(unit.device.gone)}
    return _line(INFORMATIONAL, unit.device.last_seen, "device", told, _name(unit))


def _standing(unit: Unit, one: Standing) -> str:
    level = INFORMATIONAL if one.ignored else LEVELS.get(one.severity or "", INFORMATIONAL)
    told: dict[str, str | None] = {
        "finding": one.id,
        "severity": one.severity,
        "exploited": "true" if one.exploited else "false",
        "ignored": one.ignored.who if one.ignored else None,
        "unconfirmed": moment(one.unconfirmed),
    }
    message = f"{one.id} at {_name(unit)}: {'; '.join(reasons(one)) or 'no reason is kept'}"
    return _line(level, one.since, one.kind, _told(unit) | told, message)


def _told(unit: Unit) -> dict[str, str | None]:
    return {"id": unit.device.id} | {name: value(unit, name) for name in _ATTRIBUTES}


def _name(unit: Unit) -> str:
    parts = (value(unit, "brand") or value(unit, "vendor"), value(unit, "model"), value(unit, "address"))
    return " ".join(part for part in parts if part) or unit.device.id


def _line(level: int, time: float, kind: str, told: Mapping[str, str | None], message: str) -> str:
    data = "".join(f' {name}="{_escaped(text)}"' for name, text in told.items() if text is not None)
    text = message.encode("ascii", "backslashreplace").decode("ascii")
    return f"<{FACILITY * 8 + level}>1 {moment(time) or '-'} - camscan - {kind} [{ENTERPRISE}{data}] {text}\n"


def _escaped(text: str) -> str:
    return printable(text).translate(_ESCAPED)
