"""Conducts a scan: works out the plan, says what will be sent, runs it, and delivers what was found, also when it is
interrupted. Loaded when a scan starts and not before, because it pulls in everything.
"""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO
from uuid import uuid4

from camscan.cli.ending import Exit, say
from camscan.cli.formats import Format, render, screen
from camscan.cli.output import Output, refuse_same_file
from camscan.cli.plan import announcement, render_plan
from camscan.cli.progress import shown_progress
from camscan.cli.scoping import Named, choose_interfaces, find_scope
from camscan.discover.plan import Plan, Settings
from camscan.discover.steps import make_plan
from camscan.errors import CannotRunError, UsageError
from camscan.identify.knowledge_base import Knowledge, load_knowledge
from camscan.intake.replay import as_line
from camscan.model import Reply, ScanResult
from camscan.protocols.registry import load_protocols
from camscan.report.table import summary
from camscan.scan import scan
from camscan.scope import Network
from camscan.transport.interfaces import list_interfaces
from camscan.transport.ledger import Ledger
from camscan.transport.nmap import nmap_available
from camscan.transport.pace import Pace
from camscan.transport.route import interface_for
from camscan.transport.wire import Wire

USER_VARIABLE = "CAMSCAN_ONVIF_USER"
PASSWORD_VARIABLE = "CAMSCAN_ONVIF_PASSWORD"  # noqa: S105  (the name of a variable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Everything that stands on the command line of `scan`."""

    named: Named
    form: Format
    output: Path | None
    replies: Path | None
    request_log: Path | None
    fingerprints: Path | None
    engine: str
    challenge: bool
    rate: int
    quiet: bool
    dry_run: bool


def conduct(wanted: Wanted, environment: Mapping[str, str] = os.environ) -> int:
    """The whole command; returns the exit code. Raises `CamscanError` where there is nothing to deliver."""
    refuse_same_file(output=wanted.output, replies=wanted.replies, request_log=wanted.request_log)
    settings = Settings(
        engine=wanted.engine, challenge=wanted.challenge, rate=wanted.rate, credential=read_credential(environment)
    )
    knowledge = load_knowledge(wanted.fingerprints)
    plan = prepare(wanted.named, settings)
    with Output(wanted.output) as output:
        if wanted.dry_run:
            output.write(render_plan(plan, wanted.form, screen(output.is_stdout)))
            return Exit.DONE
        result, interrupted = _run(plan, knowledge, wanted)
        output.write(render(result, wanted.form, screen(output.is_stdout)))
    if result.failure:
        say(f"ended early: {result.failure}; this is what was found until then")
        return Exit.CANNOT_RUN
    if not wanted.quiet:
        _say_end(result, wanted, interrupted)
    return Exit.INTERRUPTED if interrupted else Exit.PARTIAL if result.partial else Exit.DONE


def read_credential(environment: Mapping[str, str]) -> tuple[str, str] | None:
    """The owner's ONVIF account, from the environment alone: arguments are seen by every user of the machine."""
    user, password = environment.get(USER_VARIABLE, ""), environment.get(PASSWORD_VARIABLE, "")
    if bool(user) != bool(password):
        raise UsageError(f"{USER_VARIABLE} and {PASSWORD_VARIABLE} are set together or not at all")
    return (user, password) if user else None


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


def _run(plan: Plan, knowledge: Knowledge, wanted: Wanted) -> tuple[ScanResult, bool]:
    with ExitStack() as stack:
        log = stack.enter_context(_log(wanted.request_log, "--request-log"))
        recording = stack.enter_context(_log(wanted.replies, "--replies"))
        if not wanted.quiet:
            for text in (*plan.notes, *_credential_note(plan), announcement(plan)):
                say(text)
        wire = Wire(scope=plan.scope, pace=Pace(plan.settings.rate), ledger=Ledger(log, time.time))
        keep = _recorder(recording, wanted.replies)
        return asyncio.run(_scan(plan, wire, knowledge, keep, wanted.quiet))


def _credential_note(plan: Plan) -> Iterator[str]:
    if plan.settings.credential:
        yield f"{USER_VARIABLE} is set: this account is tried once at every device in scope that speaks ONVIF"


async def _scan(
    plan: Plan, wire: Wire, knowledge: Knowledge, keep: Callable[[Reply], None], quiet: bool
) -> tuple[ScanResult, bool]:
    """The result, and whether a signal cut it short. A second signal ends the program at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def interrupt(number: int) -> None:
        loop.remove_signal_handler(number)
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupt, number)
    with shown_progress(quiet) as listen:
        result = await scan(plan, wire, knowledge, scan_id=str(uuid4()), listen=listen, keep=keep, stop=stop)
    return result, stop.is_set()


@contextmanager
def _log(path: Path | None, option: str) -> Iterator[TextIO | None]:
    """A file that grows line by line, so that it is complete up to the moment a scan ends, however it ends."""
    if path is None:
        yield None
        return
    if str(path) == "-":
        raise UsageError(f"{option} -: stdout carries the result; name a file")
    try:
        stream = path.open("w", encoding="utf-8", buffering=1)
    except OSError as error:
        raise UsageError(f"{option} {path}: {error.strerror}") from None
    with stream:
        yield stream


def _recorder(stream: TextIO | None, path: Path | None) -> Callable[[Reply], None]:
    def keep(reply: Reply) -> None:
        if stream is None:
            return
        try:
            stream.write(as_line(reply) + "\n")
        except OSError as error:
            raise CannotRunError(f"--replies {path}: {error.strerror}") from None

    return keep


def _say_end(result: ScanResult, wanted: Wanted, interrupted: bool) -> None:
    """What a reader of the results alone would miss."""
    if interrupted:
        say("interrupted: this is what was found until then")
    if wanted.output is not None or wanted.form is not Format.TABLE:
        say(summary(result))
    if result.partial and not interrupted:
        say("partial: some addresses could not be asked by any channel, see the coverage")
