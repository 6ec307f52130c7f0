"""Conducts a scan: works out the plan, says what will be sent, runs it, and delivers what was found, also when it is
interrupted. Loaded when a scan starts and not before, because it pulls in everything.
"""

import asyncio
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from camscan.cli.credential import USER_VARIABLE, read_credential
from camscan.cli.ending import Exit, say
from camscan.cli.formats import Format, render, screen
from camscan.cli.log import Log, open_log
from camscan.cli.open_files import room_here
from camscan.cli.output import Output, refuse_same_file, write_stdout
from camscan.cli.pace import Speed
from camscan.cli.plan import announcement, render_plan, unreachable
from camscan.cli.progress import shown_progress
from camscan.cli.scoping import Named, choose_interfaces, find_scope
from camscan.cli.signals import first_calls
from camscan.cli.stop import Stop
from camscan.discover.plan import HOSTS_AT_ONCE, Engine, Plan, Settings
from camscan.discover.steps import make_plan
from camscan.errors import CannotRunError
from camscan.identify.knowledge_base import Knowledge, load_knowledge
from camscan.intake.replay import as_line
from camscan.model import Reply, ScanResult
from camscan.protocols.registry import load_protocols
from camscan.report.table import summary
from camscan.scan import scan
from camscan.scope import Network
from camscan.transport.ethernet import can_send_frames
from camscan.transport.interfaces import list_interfaces
from camscan.transport.ledger import Ledger
from camscan.transport.nmap import nmap_available
from camscan.transport.pace import Pace, burst_of
from camscan.transport.route import interface_for
from camscan.transport.wire import Wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Everything that stands on the command line of `scan`."""

    named: Named
    form: Format
    output: Path | None
    replies: Path | None
    request_log: Path | None
    fingerprints: Path | None
    engine: Engine
    challenge: bool
    speed: Speed
    quiet: bool
    dry_run: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a scan ended: what it found, whether a signal cut it short, and which files are not complete."""

    result: ScanResult
    interrupted: bool
    broken: tuple[str, ...]


def conduct(wanted: Wanted, environment: Mapping[str, str] = os.environ) -> int:
    """The whole command; returns the exit code. Raises `CamscanError` where there is nothing to deliver."""
    refuse_same_file(output=wanted.output, replies=wanted.replies, request_log=wanted.request_log)
    settings = Settings(
        engine=wanted.engine,
        challenge=wanted.challenge,
        rate=wanted.speed.rate,
        near_rate=wanted.speed.near_rate if can_send_frames() else None,
        credential=read_credential(environment),
        raw=can_send_frames(),
        hosts_at_once=min(HOSTS_AT_ONCE, room_here().attempts),
    )
    knowledge = load_knowledge(wanted.fingerprints)
    plan = prepare(wanted.named, settings)
    stop = Stop()
    with Output(wanted.output) as output:
        if wanted.dry_run:
            _say_unreachable(plan, wanted)
            output.write(render_plan(plan, wanted.form, screen(output.is_stdout)))
            return Exit.DONE
        with first_calls(stop.set):
            ended = _run(plan, knowledge, wanted, stop)
            delivered = _deliver(render(ended.result, wanted.form, screen(output.is_stdout)), output)
    code = _say_end(ended, wanted)
    return code if delivered else Exit.CANNOT_RUN


def _deliver(text: str, output: Output) -> bool:
    """Whether the result is where the user wants it; where that fails it goes to stdout, for a scan cannot be had
    again."""
    try:
        output.write(text)
    except CannotRunError as error:
        if output.is_stdout:
            raise
        say(f"{error}; the result goes to stdout instead")
        write_stdout(text)
        return False
    return True


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


def _run(plan: Plan, knowledge: Knowledge, wanted: Wanted, stop: Stop) -> Ended:
    with ExitStack() as stack:
        log = stack.enter_context(open_log(wanted.request_log, "--request-log"))
        recording = stack.enter_context(open_log(wanted.replies, "--replies"))
        if not wanted.quiet:
            for text in (*plan.notes, *_credential_note(plan), *room_here().notes, announcement(plan)):
                say(text)
        room = room_here()
        pace = Pace(
            plan.settings.rate, burst_of(plan.settings.rate), attempts=room.attempts, connections=room.dialogues
        )
        wire = Wire(scope=plan.scope, pace=pace, ledger=Ledger(log, time.time))
        result = asyncio.run(_scan(plan, wire, knowledge, _recorder(recording), wanted.quiet, stop))
        interrupted = stop.event.is_set()
    failures = (kept.failure for kept in (log, recording) if kept)
    return Ended(
        result=result,
        interrupted=interrupted,
        broken=tuple(failure for failure in failures if failure and failure != result.failure),
    )


def _credential_note(plan: Plan) -> Iterator[str]:
    if plan.settings.credential:
        yield f"{USER_VARIABLE} is set: this account is tried once at every device in scope that speaks ONVIF"


async def _scan(
    plan: Plan, wire: Wire, knowledge: Knowledge, keep: Callable[[Reply], None], quiet: bool, stop: Stop
) -> ScanResult:
    with shown_progress(quiet) as listen:
        return await scan(plan, wire, knowledge, scan_id=str(uuid4()), listen=listen, keep=keep, stop=stop.attach())


def _recorder(recording: Log | None) -> Callable[[Reply], None]:
    def keep(reply: Reply) -> None:
        if recording:
            recording.write(as_line(reply) + "\n")

    return keep


def _say_unreachable(plan: Plan, wanted: Wanted) -> None:
    networks = unreachable(plan)
    if networks and not wanted.quiet:
        ways = f" by {', '.join(wanted.named.interfaces)}" if wanted.named.interfaces else ""
        counted = "1 network has" if len(networks) == 1 else f"{len(networks):,} networks have"
        say(f"{counted} no route{ways}: a scan would send nothing there and end with code {Exit.PARTIAL:d}")


def _say_end(ended: Ended, wanted: Wanted) -> Exit:
    """What a reader of the results alone would miss, and the exit code."""
    result = ended.result
    for broken in ended.broken:
        say(f"{broken}; the file is not complete")
    if result.failure:
        say(f"ended early: {result.failure}; this is what was found until then")
    elif not wanted.quiet:
        _say_summary(ended, wanted)
    if result.failure or ended.broken:
        return Exit.CANNOT_RUN
    return Exit.INTERRUPTED if ended.interrupted else Exit.PARTIAL if result.partial else Exit.DONE


def _say_summary(ended: Ended, wanted: Wanted) -> None:
    if ended.interrupted:
        say("interrupted: this is what was found until then")
    if wanted.output is not None or wanted.form is not Format.TABLE:
        say(summary(ended.result))
        unusable = dict.fromkeys(row.channel for row in ended.result.coverage if row.state == "not-possible")
        if unusable:
            say(f"could not be used: {', '.join(unusable)}; see the coverage")
    if ended.result.partial and not ended.interrupted:
        say("partial: some addresses could not be asked by any channel, see the coverage")
