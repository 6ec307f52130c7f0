"""One entry of a log: a datagram for a syslog daemon (RFC 3164, as glibc writes it) or for journald
(systemd.io/JOURNAL_NATIVE_PROTOCOL), and the words for what happened."""

from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING

from camscan.report.printable import printable

if TYPE_CHECKING:
    from camscan.change import Change

IDENTIFIER = "camscan"
LINE_LIMIT = 900  # characters; RFC 3164 allows 1,024 bytes with what stands before
_FACILITY = 1 << 3  # user-level messages, as logger(1) sends them
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BAD = ("new", "returned", "exposed", "affected", "severity-raised", "newly-exploited")


class Priority(IntEnum):
    """As syslog(3) numbers them."""

    ERROR = 3
    WARNING = 4
    NOTICE = 5
    INFO = 6


def syslog_entry(priority: Priority, text: str, *, pid: int, now: datetime) -> bytes:
    """`now` in local time, which syslog takes it for."""
    stamp = f"{_MONTHS[now.month - 1]} {now.day:2} {now:%H:%M:%S}"
    head = f"<{_FACILITY | priority}>{stamp} {IDENTIFIER}[{pid}]: "
    return (head + printable(text, LINE_LIMIT)).encode("utf-8", "backslashreplace")


def journal_entry(priority: Priority, text: str, fields: Mapping[str, str]) -> bytes:
    """The fields, by names of capitals, stand beside the message; no value holds a line end, for all are printable."""
    whole = {"PRIORITY": str(int(priority)), "SYSLOG_IDENTIFIER": IDENTIFIER, "MESSAGE": text, **fields}
    lines = (f"{name}={printable(value, LINE_LIMIT)}\n" for name, value in whole.items())
    return "".join(lines).encode("utf-8", "backslashreplace")


def change_text(change: "Change") -> str:
    """`exposed 10.0.0.5 hikvision DS-2CD2042WD-I: telnet-open (high)`."""
    said = f"{change.event} {change.address or 'no address'} {change.name}"
    if change.event == "new":
        return f"{said}: {change.after}"
    if change.subject is None:
        return said
    if change.event in ("moved", "changed"):
        return f"{said}: {change.subject} {change.before or 'nothing'} -> {change.after or 'nothing'}"
    return f"{said}: {change.subject}" + (f" ({change.severity})" if change.severity else "")


def change_priority(change: "Change") -> Priority:
    """A warning for what somebody should look at."""
    return Priority.WARNING if change.event in _BAD else Priority.NOTICE
