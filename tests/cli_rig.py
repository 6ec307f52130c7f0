"""The command line inside the test's own process: nothing is sent, the interfaces and the scan are made up."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Interface
from typing import Any

import pytest
from typer.testing import CliRunner

from camscan.cli import conduct, credential, scoping
from camscan.cli.known import Known
from camscan.cli.main import app
from camscan.discover.plan import Plan
from camscan.discover.survey import Progress
from camscan.errors import CannotRunError, UsageError
from camscan.model import ScanResult
from camscan.scope import Interface, Network
from camscan.transport.wire import Wire
from tests.report_rig import ordinary, reply

LAN = Interface(name="eth0", index=2, kind="ethernet", addresses=(IPv4Interface("10.0.0.7/24"),))
OTHER = Interface(name="eth1", index=3, kind="ethernet", addresses=(IPv4Interface("192.168.5.7/24"),))
NAMES = {"cam-1": ("10.0.0.5",), "public.example": ("8.8.8.8",)}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass(slots=True)
class Scanner:
    """Stands in for the scan: keeps the plan it was given, hears one reply and returns `result`; where it `catches`,
    also after a failure, as the real one does."""

    result: ScanResult = field(default_factory=ordinary)
    plans: list[Plan] = field(default_factory=list)
    during: Callable[[asyncio.Event], None] = lambda stop: None
    catches: bool = False

    async def scan(self, plan: Plan, wire: Wire, load: object, **given: Any) -> ScanResult:
        self.plans.append(plan)
        try:
            await self._run(wire, given)
        except CannotRunError as error:
            if not self.catches:
                raise
            return replace(self.result, partial=True, failure=str(error))
        return self.result

    async def _run(self, wire: Wire, given: dict[str, Any]) -> None:
        wire.ledger.record(address="10.0.0.5", port=1, transport="udp", protocol="sadp", request="inquiry", size=9)
        given["keep"](reply("10.0.0.5"))
        given["listen"](Progress(stage="ports", done=1, total=2, devices=1))
        self.during(given["stop"])
        await asyncio.sleep(0.01)

    @property
    def plan(self) -> Plan:
        return self.plans[-1]


def run(*arguments: str, stdin: str | bytes = "", environment: dict[str, str] | None = None) -> Ended:
    """Run `camscan ARGUMENTS`; its end is never an exception."""
    ended = CliRunner().invoke(app, list(arguments), input=stdin, env=environment or {})
    assert ended.exception is None or isinstance(ended.exception, SystemExit)
    return Ended(ended.exit_code, ended.stdout, ended.stderr)


def route(network: Network, interfaces: Sequence[Interface]) -> str | None:
    near = (i.name for i in interfaces for a in i.ipv4 if network.version == 4 and network.overlaps(a.network))
    return next(near, "eth0")


def resolve(name: str) -> tuple[str, ...]:
    if name not in NAMES:
        raise UsageError(f"{name!r} does not resolve: Name or service not known")
    return NAMES[name]


def install(monkeypatch: pytest.MonkeyPatch) -> Scanner:
    """Put the made-up network in place of the real one."""
    scanner = Scanner()
    monkeypatch.setattr(conduct, "list_interfaces", lambda: (LAN, OTHER))
    monkeypatch.setattr(conduct, "interface_for", route)
    monkeypatch.setattr(conduct, "load_known", lambda directory, chosen: Known(None, None))
    monkeypatch.setattr(conduct, "scan", scanner.scan)
    monkeypatch.setattr(scoping, "resolve", resolve)
    monkeypatch.setattr(scoping, "resolver_addresses", lambda: ("10.0.0.53",))
    for name in (credential.USER_VARIABLE, credential.PASSWORD_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    return scanner
