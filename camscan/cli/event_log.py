"""`--log`: what an unattended scan did, in the log of this machine: its begin, each change, its end, and whatever it
had to say meanwhile.

Rule: a log that cannot be had is said before the first packet; one that fails later costs one line, never the scan.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from camscan.cli.ending import Exit, heard_too, say
from camscan.errors import CamscanError, CannotRunError, UsageError
from camscan.model import ScanResult
from camscan.report.log_entry import Priority, change_priority, change_text, journal_entry, syslog_entry
from camscan.report.table import summary
from camscan.transport.local_log import LocalLog

if TYPE_CHECKING:
    from camscan.change import Comparison

OPTION = "--log"
SOCKETS = {"syslog": Path("/dev/log"), "journald": Path("/run/systemd/journal/socket")}
CHANGES_LOGGED = 1000  # of one scan: the first one of a large site would push everything else out of a log
SCOPE_SHOWN = 3
_PRIORITIES = {Exit.DONE: Priority.INFO, Exit.USAGE: Priority.ERROR, Exit.CANNOT_RUN: Priority.ERROR}


class EventLog:
    """An open log, or without a socket none: then nothing is written."""

    def __init__(self, kind: str = "", way: LocalLog | None = None) -> None:
        self._kind, self._way = kind, way
        self._scan: dict[str, str] = {}

    def write(self, priority: Priority, text: str, event: str | None = None) -> None:
        """One entry; `event` is its field CAMSCAN_EVENT where the log has fields."""
        if self._way is None:
            return
        fields = self._scan | ({"CAMSCAN_EVENT": event} if event else {})
        if self._kind == "journald":
            entry = journal_entry(priority, text, fields)
        else:
            entry = syslog_entry(priority, text, pid=os.getpid(), now=datetime.now())
        try:
            self._way.send(entry)
        except OSError as error:
            self._way = None
            say(f"{OPTION} {self._kind}: {(error.strerror or str(error)).lower()}; nothing more is logged")

    def begin(self, scan_id: str, scope: tuple[str, ...]) -> None:
        """A scan begins, or goes on."""
        self._scan = {"CAMSCAN_SCAN_ID": scan_id}
        more = f" and {len(scope) - SCOPE_SHOWN:,} more" if len(scope) > SCOPE_SHOWN else ""
        self.write(Priority.INFO, f"scan {scan_id} begins: {', '.join(scope[:SCOPE_SHOWN])}{more}", "begin")

    def end(self, result: ScanResult, changes: "Comparison | None", code: int) -> None:
        """What changed, and how it ended."""
        for change in changes.changes[:CHANGES_LOGGED] if changes else ():
            self.write(change_priority(change), change_text(change), change.event)
        untold = len(changes.changes) - CHANGES_LOGGED if changes else 0
        if untold > 0:
            self.write(Priority.NOTICE, f"{untold:,} more changes are not logged; camscan diff tells them")
        partial = "; partial" if result.partial else ""
        text = f"scan {result.id} ended with code {code:d}: {summary(result).rstrip('.')}{_counted(changes)}{partial}"
        self.write(_PRIORITIES.get(Exit(code), Priority.WARNING), text, "end")


def _counted(changes: "Comparison | None") -> str:
    if changes is None:
        return ""
    from camscan.report.diff import diff_summary

    return f"; {diff_summary(changes)}"


@contextmanager
def open_event_log(wanted: str | None) -> Iterator[EventLog]:
    """The log that `--log` names; what is said on stderr within goes there too, and what ends the command as well."""
    if wanted is None:
        yield EventLog()
        return
    kind, colon, path = wanted.partition(":")
    if kind not in SOCKETS or (colon and not path):
        raise UsageError(f"{OPTION} {wanted}: neither syslog nor journald, nor one of them with a socket (syslog:PATH)")
    socket = Path(path) if path else SOCKETS[kind]
    try:
        way = LocalLog(socket)
    except OSError as error:
        raise CannotRunError(f"{OPTION} {kind}: {socket}: {(error.strerror or str(error)).lower()}") from None
    log = EventLog(kind, way)
    try:
        with heard_too(lambda text, important: log.write(Priority.WARNING if important else Priority.INFO, text)):
            yield log
    except CamscanError as error:
        log.write(Priority.ERROR, str(error), "end")
        raise
    finally:
        way.close()
