"""Conducts a scan: works out the plan, says what will be sent, runs it, and delivers what was found, also when it is
interrupted. Loaded when a scan starts and not before, because it pulls in everything.
"""

import asyncio
import os
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from uuid import uuid4

from camscan.cli.alone import alone
from camscan.cli.chosen import NOTHING
from camscan.cli.credential import USER_VARIABLE, read_credential
from camscan.cli.data import data_in_use
from camscan.cli.deadline import DEADLINE_OVER, asking_seconds
from camscan.cli.delivery import hand_over
from camscan.cli.earlier import LongLedger, LongPatience
from camscan.cli.ending import Exit, note, say
from camscan.cli.event_log import EventLog, open_event_log
from camscan.cli.formats import Format, screen
from camscan.cli.kept_sites import with_kept_sites
from camscan.cli.known import Known, load_known
from camscan.cli.log import Log, open_log
from camscan.cli.metrics import open_metrics, write_metrics
from camscan.cli.notice_file import Target, load_targets
from camscan.cli.notifying import queue_for, send_waiting
from camscan.cli.open_files import room_here
from camscan.cli.output import Output, refuse_same_file
from camscan.cli.plan import announcement, render_plan, unreachable
from camscan.cli.progress import shown_progress
from camscan.cli.recording import Recorder, scan_recorder
from camscan.cli.result import Ended, say_end
from camscan.cli.resume import JournalFile, open_journal, standing
from camscan.cli.scoping import Named, choose_interfaces, find_scope
from camscan.cli.signals import first_calls
from camscan.cli.stop import Stop
from camscan.cli.wanted import Wanted
from camscan.discover.journal import Journal
from camscan.discover.plan import HOSTS_AT_ONCE, Plan, Settings
from camscan.discover.steps import make_plan
from camscan.discover.survey import scope_text
from camscan.errors import CannotRunError
from camscan.intake.replay import as_line
from camscan.model import ScanResult
from camscan.protocols.registry import load_protocols
from camscan.reply import Reply
from camscan.scan import scan
from camscan.scope import Network
from camscan.transport.interfaces import list_interfaces
from camscan.transport.nmap import nmap_available
from camscan.transport.pace import Pace, burst_of
from camscan.transport.packet_socket import can_send_frames
from camscan.transport.route import interface_for
from camscan.transport.wire import Wire

Loader = Callable[[], Known]


def conduct(wanted: Wanted, environment: Mapping[str, str] = os.environ) -> int:
    """The whole command; returns the exit code. Raises `CamscanError` where there is nothing to deliver."""
    files = {"output": wanted.output, "replies": wanted.replies, "request_log": wanted.request_log}
    refuse_same_file(**files, resume=wanted.resume, metrics=wanted.metrics, notify=wanted.notify)
    stop = Stop(None if wanted.deadline is None else asking_seconds(wanted.deadline))
    with open_event_log(None if wanted.dry_run else wanted.log) as events:
        if wanted.record:
            wanted = replace(wanted, chosen=with_kept_sites(wanted.chosen, wanted.inventory, environment))
        load = _loader(wanted)
        plan = prepare(wanted.named, _settings(wanted, environment))
        plan = replace(plan, vantage=wanted.vantage or platform.node() or None)
        if wanted.dry_run:
            return _say_plan(plan, wanted)
        with open_metrics(wanted.metrics) as metrics:
            return _conduct(plan, load, wanted, stop, events, metrics, environment)


def _loader(wanted: Wanted) -> Loader:
    """What the user has written, or had installed, is read, and refused, before anything is sent; what came along while
    the first questions are under way."""
    if wanted.fingerprints is None and wanted.chosen == NOTHING and not data_in_use().installed:
        return load_known
    known = load_known(wanted.fingerprints, wanted.chosen)
    return lambda: known


def _settings(wanted: Wanted, environment: Mapping[str, str]) -> Settings:
    return Settings(
        engine=wanted.engine,
        challenge=wanted.challenge,
        rate=wanted.speed.rate,
        near_rate=wanted.speed.near_rate if can_send_frames() else None,
        arp_rate=wanted.speed.arp_rate,
        credential=read_credential(environment),
        raw=can_send_frames(),
        hosts_at_once=min(HOSTS_AT_ONCE, room_here().attempts),
    )


def _conduct(
    plan: Plan,
    load: Loader,
    wanted: Wanted,
    stop: Stop,
    events: EventLog,
    metrics: Output | None,
    environment: Mapping[str, str],
) -> int:
    """The scan, and what is told of it once it is over."""
    targets = load_targets(wanted.notify) if wanted.notify else ()
    register = _register(wanted, environment, targets)
    with alone(register.place, plan.scope):
        ended, delivered = _carry_out(plan, lambda: load().parted(register.separation), wanted, stop, register, events)
    code = _say_end(ended, wanted)
    if register.failed or not delivered:
        code = Exit.CANNOT_RUN
    try:
        if targets and register.place:
            send_waiting(targets, register.place)
    finally:  # who is stopped while a server does not answer has the rest all the same
        if metrics and not write_metrics(metrics, ended.result, code, ended.changes, register.place):
            code = Exit.CANNOT_RUN
        events.end(ended.result, ended.changes, code)
    return code


def _register(wanted: Wanted, environment: Mapping[str, str], targets: Sequence[Target]) -> Recorder:
    return scan_recorder(
        wanted.inventory,
        wanted.record,
        environment,
        quiet=wanted.quiet,
        needed_by=wanted.comparing,
        compare=wanted.log is not None or wanted.metrics is not None,
        queue=partial(queue_for, targets) if targets else None,
    )


def _carry_out(
    plan: Plan, load: Loader, wanted: Wanted, stop: Stop, register: Recorder, events: EventLog
) -> tuple[Ended, bool]:
    """How the scan ended, and whether it was delivered where the user wants it."""
    with Output(wanted.output) as output, open_journal(wanted.resume, plan) as (journal, file):
        with first_calls(stop.set):
            ended = _run(journal, file, load, wanted, stop, events)
            result, delivered = hand_over(
                ended.result,
                "scan",
                wanted.form,
                output,
                register,
                changes_only=wanted.changes_only,
                placed=wanted.chosen.placed,
            )
        if delivered and not ended.interrupted and not ended.late and not ended.result.failure:
            journal.end(time.time())
    return replace(ended, result=result, changes=register.changes), delivered


def _say_end(ended: Ended, wanted: Wanted) -> Exit:
    told = wanted.output is None and wanted.form is Format.TABLE
    return say_end(ended, quiet=wanted.quiet, told=told, changes_only=wanted.changes_only, fail_on=wanted.fail_on)


def _say_plan(plan: Plan, wanted: Wanted) -> int:
    """What a scan would send, or one that goes on would still."""
    begun = wanted.resume if wanted.resume and wanted.resume.exists() else None
    with Output(wanted.output) as output, open_journal(begun, plan) as (journal, _):
        _say_unreachable(plan, wanted)
        output.write(render_plan(journal.left(), wanted.form, screen(output.is_stdout)))
    return Exit.DONE


def prepare(named: Named, settings: Settings) -> Plan:
    """The plan for what the user named. Looks up host names; sends nothing else."""
    if settings.engine == "nmap" and nmap_available() is None:
        raise CannotRunError("--engine nmap: no nmap program that runs is installed")
    every = list_interfaces()
    chosen = choose_interfaces(every, named.interfaces)
    scope, notes = find_scope(named, chosen)
    if named.interfaces:
        notes = (*notes, f"only what is reached by {', '.join(named.interfaces)} is asked")

    def route(network: Network) -> str | None:
        name = interface_for(network, every)
        return name if not named.interfaces or name in named.interfaces else None

    return make_plan(scope, chosen, settings, protocols=load_protocols(), route=route, notes=notes)


def _run(
    journal: Journal, file: JournalFile | None, load: Loader, wanted: Wanted, stop: Stop, events: EventLog
) -> Ended:
    plan, goes_on = journal.plan, journal.id is not None
    with ExitStack() as stack:
        log = stack.enter_context(open_log(wanted.request_log, "--request-log", append=goes_on))
        recording = stack.enter_context(open_log(wanted.replies, "--replies"))
        if not wanted.quiet:
            begun = announcement(journal.left())
            for text in (*standing(journal, file), *plan.notes, *_credential_note(plan), *room_here().notes, begun):
                note(text)
        for reply in journal.replies:
            _recorder(recording)(reply)
        journal.begin(str(uuid4()), time.time())
        events.begin(journal.id or "", scope_text(plan.scope))
        wire = _way_out(journal, log)
        result = asyncio.run(_scan(journal, wire, load, _recorder(recording, file), wanted.quiet, stop))
        interrupted = stop.event.is_set() and not stop.late
    failures = (kept.failure for kept in (log, recording, file) if kept)
    return Ended(
        result=result,
        interrupted=interrupted,
        late=stop.late,
        resumable=file is not None,
        broken=tuple(failure for failure in failures if failure and failure != result.failure),
    )


def _way_out(journal: Journal, log: Log | None) -> Wire:
    rate, room = journal.plan.settings.rate, room_here()
    return Wire(
        scope=journal.plan.scope,
        pace=Pace(rate, burst_of(rate), attempts=room.attempts, connections=room.dialogues),
        ledger=LongLedger(log, journal.packets),
        patience=LongPatience(journal.seconds),
    )


def _credential_note(plan: Plan) -> Iterator[str]:
    if plan.settings.credential:
        yield f"{USER_VARIABLE} is set: this account is tried once at every device in scope that speaks ONVIF"


async def _scan(
    journal: Journal, wire: Wire, load: Loader, keep: Callable[[Reply], None], quiet: bool, stop: Stop
) -> ScanResult:
    with shown_progress(quiet) as listen:
        return await scan(
            journal.plan,
            wire,
            load,
            scan_id=journal.id or "",
            listen=listen,
            keep=keep,
            stop=stop.attach(),
            why=lambda: DEADLINE_OVER if stop.late else None,
            journal=journal,
        )


def _recorder(*files: Log | JournalFile | None) -> Callable[[Reply], None]:
    """Writes a reply to each of the files that there are."""
    kept = [file for file in files if file]

    def keep(reply: Reply) -> None:
        line = as_line(reply) + "\n" if kept else ""
        for file in kept:
            file.write(line)

    return keep


def _say_unreachable(plan: Plan, wanted: Wanted) -> None:
    networks = unreachable(plan)
    if networks and not wanted.quiet:
        ways = f" by {', '.join(wanted.named.interfaces)}" if wanted.named.interfaces else ""
        counted = "1 network has" if len(networks) == 1 else f"{len(networks):,} networks have"
        say(f"{counted} no route{ways}: a scan would send nothing there and end with code {Exit.PARTIAL:d}")
