"""What the inventory costs: recording, asking, comparing, and what an unchanged night adds; beside two plain ways of
keeping the same scans.

`python benchmarks/inventory.py [--short]`. The site is made up: cameras of both makers with four replies, a dozen
attributes, ten judgements each. Every night one in a hundred changes its firmware, one in a thousand is gone and one in
a thousand is new. Everything is measured in a directory of its own, that is removed at the end. Nothing is asserted.

The two others do the same work on the same scans, in turns: `documents` keeps each scan as the JSON that `camscan scan`
writes, one text in SQLite, and compares two by reading both; `rows` keeps one row a device and scan with plain
`sqlite3`, and compares by a join.
"""

import argparse
import json
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from table import Goal, show_goals

from camscan.identify.correlate import is_placeholder
from camscan.identify.sameness import same_value
from camscan.inventory import sites
from camscan.inventory.diff import compare
from camscan.inventory.history import histories
from camscan.inventory.listing import Filter, listed
from camscan.inventory.locations import place_all
from camscan.inventory.place import Place
from camscan.inventory.progress import progress
from camscan.inventory.record import record
from camscan.inventory.scan_row import Entry
from camscan.inventory.scans import all_scans, find_scan
from camscan.inventory.site_tree import site_tree
from camscan.inventory.store import Inventory, opened
from camscan.model import AdvisoryVerdict, Coverage, Device, Finding, Observation, ScanResult, Service
from camscan.place import Location
from camscan.reply import Reply
from camscan.report.document import device_record

START = 1_795_000_000.0
DAY = 86_400.0
SECONDS, BYTES = 10.0, 100  # the goals: recording 10,000 devices, and what an unchanged one may add
READ_SECONDS = 2.0
GOAL = sites.Goal(makers=("hikvision", "dahua"))
ROW = ("vendor", "brand", "model", "firmware", "build", "serial", "mac", "kind")


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true", help="1,000 devices at most, a few seconds")
    short = parser.parse_args().short
    with tempfile.TemporaryDirectory(prefix="camscan-inventory-") as folder:
        goals = [*_few(Path(folder), 500 if short else 10_000), *_many(Path(folder), 1_000 if short else 100_000)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\npeak memory of all of it, with the made-up scans: {peak:,.0f} MB")
    show_goals(goals)


def _few(folder: Path, count: int) -> Iterator[Goal]:
    """One site, night after night, beside the plain ways."""
    keepers = [Register(folder / "few.sqlite"), Documents(folder / "documents.sqlite"), Rows(folder / "rows.sqlite")]
    first, same = scan_of(count, 1), [replace(scan_of(count, 1, clock=night), **_times(night)) for night in (2, 3, 4)]
    other = scan_of(count, 5)
    print(
        f"\n**{count:,} devices**\n\n| | first scan | same again | one in 100 changed | bytes a device, first |", end=""
    )
    print(" unchanged | changed night | two scans compared |\n|---|---|---|---|---|---|---|---|")
    figures = {keeper.name: _nights(keeper, first, same, other) for keeper in keepers}
    for name, one in figures.items():
        print(
            f"| {name} | {one.first:.2f} s | {one.again:.2f} s | {one.changed:.2f} s | {one.size / count:,.0f} | "
            f"{one.unchanged / count:,.1f} | {one.growth / count:,.0f} | {one.compared:.3f} s |",
            flush=True,
        )
    ours = figures["inventory"]
    for keeper in keepers:
        keeper.close()
    yield Goal(
        text=f"recording {count:,} devices: under {SECONDS:g} s",
        measured=f"{ours.first:.2f} s",
        met=ours.first < SECONDS,
    )
    added = ours.unchanged / count
    yield Goal(text=f"an unchanged rescan: under {BYTES} bytes a device", measured=f"{added:.1f}", met=added < BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Seconds and bytes of one way to keep scans."""

    first: float
    again: float
    changed: float
    compared: float
    size: int
    unchanged: float
    growth: int


def _nights(keeper: "Keeper", first: ScanResult, same: list[ScanResult], other: ScanResult) -> Figures:
    took = _timed(lambda: keeper.keep(first))
    size = keeper.size()
    again = [_timed(lambda one=one: keeper.keep(one)) for one in same]  # type: ignore[misc]
    grown = keeper.size()
    changed = _timed(lambda: keeper.keep(other))
    return Figures(
        first=took,
        again=sorted(again)[len(again) // 2],
        changed=changed,
        compared=min(_timed(keeper.compare_last) for _ in range(3)),
        size=size,
        unchanged=(grown - size) / len(same),
        growth=keeper.size() - grown,
    )


def _many(folder: Path, count: int) -> Iterator[Goal]:
    """A large site over ten nights, and the questions that people ask."""
    keeper = Register(folder / "many.sqlite")
    took = [_timed(lambda night=night: keeper.keep(scan_of(count, night))) for night in range(1, 11)]  # type: ignore[misc]
    print(
        f"\n**{count:,} devices, 10 scans**: {keeper.size() / 1e6:,.0f} MB; recorded in {took[0]:.1f} s, then ", end=""
    )
    print(
        f"{sorted(took[1:])[4]:.1f} s (with making up the scan); put at sites in {_timed(keeper.put_at_sites):.1f} s",
        end="",
    )
    print("\n\n| question | answers | seconds |\n|---|---|---|")
    for text, ask in _questions(count).items():
        answers, seconds = _best(keeper.inventory, ask)
        print(f"| {text} | {answers:,} | {seconds:.2f} |", flush=True)
        yield Goal(text=f"{text}: under {READ_SECONDS:g} s", measured=f"{seconds:.2f} s", met=seconds < READ_SECONDS)
    keeper.close()


Ask = Callable[[Inventory], int]


def _questions(count: int) -> dict[str, Ask]:
    wide = {"vendor": "hikvision", "firmware": "V5.7.3"}
    names = ("address", "vendor", "brand", "model", "firmware", "kind", "site")
    return {
        "diff of the last two": lambda i: _compared(i, "9", "10"),
        "diff of the first and the last": lambda i: _compared(i, "1", "10"),
        "devices of a maker and a firmware": lambda i: _listed(i, Filter(values=wide), names),
        "devices whose model begins so": lambda i: _listed(i, Filter(values={"model": "DS-2CD210*"}), names),
        "devices of one model": lambda i: _listed(i, Filter(values={"model": "IPC-HFW1007"}), names),
        "devices that are gone": lambda i: _listed(i, Filter(gone=True), names),
        "history of one address": lambda i: _told(i, address_of(count // 2)),
        "sites, every level": _counted,
        "sites over ten scans": _over_time,
    }


def _compared(inventory: Inventory, before: str, after: str) -> int:
    with inventory.reading() as connection:
        return len(compare(connection, find_scan(connection, before), find_scan(connection, after)).changes)


def _listed(inventory: Inventory, wanted: Filter, names: tuple[str, ...]) -> int:
    with inventory.reading() as connection:
        return len(listed(connection, wanted, names, now=time.time()))


def _told(inventory: Inventory, address: str) -> int:
    with inventory.reading() as connection:
        return sum(len(one.runs) + len(one.judged) for one in histories(connection, address, now=time.time()))


def _counted(inventory: Inventory) -> int:
    with inventory.reading() as connection:
        return len(site_tree(sites.counts(connection, GOAL, now=START), {}))


def _over_time(inventory: Inventory) -> int:
    with inventory.reading() as connection:
        scans = [one for one in all_scans(connection) if one.kind == "scan"]
        return len(progress(connection, GOAL, scans, now=START))


def _best(inventory: Inventory, ask: Ask) -> tuple[int, float]:
    """The answer and the seconds of the best of three: a cold cache is the disk's, not ours."""
    answers = [0]

    def run() -> None:
        answers[0] = ask(inventory)

    seconds = min(_timed(run) for _ in range(3))
    return answers[0], seconds


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


class Keeper:
    """One way to keep scans, in a file."""

    name = ""

    def __init__(self, path: Path) -> None:
        self.path = path

    def keep(self, result: ScanResult) -> None:
        """One scan."""
        raise NotImplementedError

    def compare_last(self) -> int:
        """How much changed between the last two."""
        raise NotImplementedError

    def size(self) -> int:
        """Bytes of the file, with nothing left in the log beside it."""
        return self.path.stat().st_size

    def close(self) -> None:
        """The file is not needed any more."""
        self.path.unlink()


class Register(Keeper):
    """The inventory."""

    name = "inventory"

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._scans = 0
        self._open = opened(Place(path=path), create=True)
        self.inventory = self._open.__enter__()

    def keep(self, result: ScanResult) -> None:
        entry = Entry(
            kind="scan",
            now=result.ended or START,
            tool_version="0",
            same_value=same_value,
            is_placeholder=is_placeholder,
        )
        self._scans += 1  # one of the same id would be the same scan, and is recorded once
        record(self.inventory, replace(result, id=f"{result.id}-{self._scans}"), entry)

    def put_at_sites(self) -> None:
        """A site for each network of 250, 40 of them a district, as `camscan sites use` does."""
        nobody = replace(scan_of(0, 11), devices=(), coverage=())
        entry = Entry(
            kind="reassess",
            now=START + 11 * DAY,
            tool_version="0",
            same_value=same_value,
            is_placeholder=is_placeholder,
        )
        with self.inventory.writing() as connection:
            place_all(connection, _place, {}, nobody, entry)

    def compare_last(self) -> int:
        with self.inventory.reading() as connection:
            last = find_scan(connection, "last")
            return len(compare(connection, find_scan(connection, str(last.number - 1)), last).changes)

    def close(self) -> None:
        self._open.__exit__(None, None, None)
        super().close()


class Documents(Keeper):
    """Each scan as one JSON text, devices without their evidence."""

    name = "JSON documents in SQLite"

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._base = sqlite3.connect(path)
        self._base.execute("CREATE TABLE scan (number INTEGER PRIMARY KEY, document TEXT)")

    def keep(self, result: ScanResult) -> None:
        text = json.dumps([device_record(device) for device in result.devices])
        with self._base:
            self._base.execute("INSERT INTO scan (document) VALUES (?)", (text,))

    def compare_last(self) -> int:
        rows = self._base.execute("SELECT document FROM scan ORDER BY number DESC LIMIT 2").fetchall()
        new, old = ({one["id"]: _comparable(one) for one in json.loads(text)} for (text,) in rows)
        return sum(new.get(name) != old.get(name) for name in new.keys() | old.keys())

    def close(self) -> None:
        self._base.close()
        super().close()


def _comparable(record: dict[str, object]) -> object:
    return {name: value for name, value in record.items() if name not in ("first_seen", "last_seen")}


class Rows(Keeper):
    """One row a device and scan, judgements and services as one text each; no replies."""

    name = "a row a device and scan, sqlite3"

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._base, self._number = sqlite3.connect(path), 0
        columns = ", ".join(f"{name} TEXT" for name in ROW)
        self._base.execute(
            f"CREATE TABLE seen (scan INTEGER, id TEXT, address TEXT, {columns}, judged TEXT, services TEXT)"
        )
        self._base.execute("CREATE INDEX by_scan ON seen (scan, id)")

    def keep(self, result: ScanResult) -> None:
        self._number += 1
        marks = ", ".join("?" * (len(ROW) + 5))
        with self._base:
            self._base.executemany(f"INSERT INTO seen VALUES ({marks})", map(self._row, result.devices))  # noqa: S608

    def _row(self, device: Device) -> tuple[object, ...]:
        record = device_record(device)
        judged = json.dumps([record["findings"], record["advisories"]])
        values = (record[name] for name in ROW)
        return (self._number, device.id, device.address, *values, judged, json.dumps(record["services"]))

    def compare_last(self) -> int:
        columns = ", ".join(("id", "address", *ROW, "judged", "services"))
        query = f"SELECT {columns} FROM seen WHERE scan = ? EXCEPT SELECT {columns} FROM seen WHERE scan = ?"  # noqa: S608
        return len(self._base.execute(query, (self._number, self._number - 1)).fetchall())

    def close(self) -> None:
        self._base.close()
        super().close()


def scan_of(count: int, night: int, clock: int | None = None) -> ScanResult:
    """The whole site in one night; every reply tells the time, which is no change."""
    devices = tuple(
        _device(number, night, clock or night) for number in range(count + night) if not _is_gone(number, count, night)
    )
    networks = sorted({f"{device.address.rsplit('.', 1)[0]}.0/24" for device in devices})
    return ScanResult(
        id=f"night-{night}",
        scope=tuple(networks),
        vantage="benchmark",
        partial=False,
        devices=devices,
        coverage=tuple(_asked(network) for network in networks),
        undecoded=(),
        asked_ports=frozenset({80, 443, 554, 8000}),
        data={"fingerprints": "2026-11-29"},
        **_times(night),
    )


def _times(night: int) -> dict[str, float]:
    return {"started": START + night * DAY, "ended": START + night * DAY + 600}


def _asked(network: str) -> Coverage:
    return Coverage(
        interface="eth0",
        network=network,
        channel="tcp connect",
        state="asked",
        asked=254,
        answered=250,
        silent=4,
        ports=(80, 443, 554, 8000),
    )


def _is_gone(number: int, count: int, night: int) -> bool:
    return number < count and night > 1 and number % 1000 == night


def address_of(number: int) -> str:
    """An address of its own, as long as there are fewer than sixteen million."""
    return f"10.{number // 64_000}.{number // 250 % 256}.{number % 250 + 1}"


def _place(address: str) -> Location:
    high, low = (int(part) for part in address.split(".")[1:3])
    return Location(district=f"district {(high * 256 + low) // 40}", site=f"site {high}.{low}")


def _device(number: int, night: int, clock: int) -> Device:
    hikvision = number % 2 == 0
    model = f"DS-2CD2{number % 90:02}3G2-I{number % 7}" if hikvision else f"IPC-HFW1{number % 90:03}"
    newer = night > 1 and number % 100 == night % 100
    firmware = f"V5.7.{number % 9 + newer}" if hikvision else f"2.820.000000{number % 9 + newer}.9.R"
    address, serial = address_of(number), f"{model}20210101AAWR{number:09}"
    seen = tuple(_observation(address, name, port, f"{serial} {firmware}", clock) for name, port in _SPOKEN)
    return Device(
        id=f"serial-{serial.lower()}",
        address=address,
        addresses=(address,),
        mac="44:19:b6:" + ":".join(f"{number >> shift & 255:02x}" for shift in (16, 8, 0)),
        vendor="hikvision" if hikvision else "dahua",
        brand="hikvision" if hikvision else "dahua",
        model=model,
        firmware=firmware,
        build="build 210101",
        serial=serial,
        kind="camera",
        capabilities=(),
        confidence={"vendor": 0.97, "model": 0.9, "firmware": 0.9, "serial": 0.9},
        claims=(),
        conflicts=(),
        services=tuple(Service(address=address, port=port, transport="tcp", protocol=name) for name, port in _SPOKEN),
        observations=seen,
        channels=("http",),
        findings=tuple(_finding(name, address, newer) for name in _FINDINGS),
        advisories=tuple(_advisory(name, firmware) for name in _ADVISORIES),
        first_seen=START + night * DAY,
        last_seen=START + night * DAY + 60,
    )


_SPOKEN = (("http", 80), ("onvif", 80), ("rtsp", 554), ("hik_sdk", 8000))
_FINDINGS = ("clear-text-management", "tls-missing", "serial-disclosed", "never-activated", "clock-wrong")
_ADVISORIES = ("CVE-2017-7921", "CVE-2021-36260", "CVE-2021-33044", "CVE-2021-33045", "CVE-2023-28808")
_PAGE = (
    "HTTP/1.1 200 OK\r\nServer: webserver\r\nContent-Type: text/html\r\n\r\n" + "<p>a page that says who I am</p>" * 20
)


def _observation(address: str, protocol: str, port: int, text: str, clock: int) -> Observation:
    reply = Reply(
        address=address,
        protocol=protocol,
        transport="tcp",
        port=port,
        request="root",
        data=f"{_PAGE}{text} at {clock}:{len(address)}:{port}".encode(),
        channel="tcp",
        time=START,
        sensor="eth0",
    )
    return Observation(
        id=f"{hash((address, protocol, text)) & (1 << 64) - 1:016x}", reply=reply, fields={}, channels=("tcp",)
    )


def _finding(name: str, address: str, worse: bool) -> Finding:
    found = name != "never-activated" and (name != "tls-missing" or worse)
    return Finding(
        id=name,
        severity="medium",
        confidence=0.9 if found else 0.0,
        evidence=(f"{address}:80 answers without TLS",) if found else (),
        remedy="Switch HTTPS on and HTTP off, or keep the port for a management network.",
        source="CISA and NSA, Hardening Network Devices: management by encrypted protocols only",
        date="2026-11-29",
        state="found" if found else "cannot-say",
        reason=None if found else "no reply was heard that tells",
    )


def _advisory(name: str, firmware: str) -> AdvisoryVerdict:
    return AdvisoryVerdict(
        id=name,
        verdict="affected" if firmware.endswith(("1", "3", "5")) else "fixed",
        reason=f"{firmware} is held against V5.7.6",
        fixed_in="V5.7.6",
        kev=True,
        confidence=0.9,
        severity="critical",
    )


if __name__ == "__main__":
    main()
