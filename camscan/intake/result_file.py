"""A scan's JSON (`camscan.scan/1`) → the result as it was, for whoever compares scans.

Facts come back: what was asked from where, and which devices answered with what. What was judged does not (findings,
advisories, verdicts), for newer data judge anew; nor do claims, which are not whole there without their replies, nor
what could not be read. Keys that are not known are passed over: a newer camscan may write more.
"""

from typing import Literal

from camscan.errors import UsageError
from camscan.intake.json_value import PORTS, Value, parse_json
from camscan.intake.vantage import parse_vantage
from camscan.model import Capability, Conflict, Coverage, Device, Middlebox, ScanResult, Service

SCHEMA = "camscan.scan/1"
_LEFT_OUT = frozenset(["evidence", "undecoded", "findings", "advisories", "verdicts"])  # nine tenths of a file


def parse_result(name: str, text: str) -> ScanResult:
    """The scan in the text of a file. Raises `UsageError` with file, place and reason for anything else."""
    document = parse_json(name, text, without=_LEFT_OUT)
    if not isinstance(document.value, dict) or document.value.get("schema") != SCHEMA:
        raise UsageError(f"{name}: not a result of camscan ({SCHEMA}, as `camscan scan --format json` writes it)")
    scan = document["scan"]
    vantage = scan["vantage"]
    return ScanResult(
        id=scan["id"].text(),
        started=scan["started"].moment(),
        ended=scan["ended"].moment(),
        scope=scan["scope"].texts(),
        vantage=None if vantage.value is None else parse_vantage(vantage.text(), vantage.where),
        partial=scan["partial"].flag(),
        devices=tuple(_device(row) for row in document["devices"].each()),
        coverage=tuple(_coverage(row) for row in document["coverage"].each()),
        undecoded=(),
        data={key: value.text() for key, value in document["data"].pairs()},
    )


def _device(row: Value) -> Device:
    box = row["middlebox"]
    return Device(
        id=row["id"].text(),
        address=row["address"].address(),
        addresses=tuple(address.address() for address in row["addresses"].each()),
        mac=row["mac"].text_or_none(),
        vendor=row["vendor"].text_or_none(),
        brand=row["brand"].text_or_none(),
        model=row["model"].text_or_none(),
        firmware=row["firmware"].text_or_none(),
        build=row["build"].text_or_none(),
        serial=row["serial"].text_or_none(),
        kind=row["kind"].text_or_none(),
        capabilities=tuple(_capability(one) for one in row["capabilities"].each()),
        confidence={attribute: sure.share() for attribute, sure in row["confidence"].pairs()},
        claims=(),
        conflicts=tuple(_conflict(one) for one in row["conflicts"].each()),
        services=tuple(_service(one) for one in row["services"].each()),
        observations=(),
        channels=(),
        middlebox=None if box.value is None else _middlebox(box),
        site=row["site"].text_or_none(),
        first_seen=row["first_seen"].moment(),
        last_seen=row["last_seen"].moment(),
    )


def _capability(row: Value) -> Capability:
    enabled = row["enabled"]
    state: Literal["observed", "inferred"] = row["state"].one_of("observed", "inferred")
    return Capability(
        id=row["id"].text(),
        state=state,
        enabled=None if enabled.value is None else enabled.flag(),
        evidence=(),
    )


def _conflict(row: Value) -> Conflict:
    values = tuple((one["value"].text(), one["confidence"].share()) for one in row["values"].each())
    return Conflict(attribute=row["attribute"].text(), values=values, reason=row["reason"].text())


def _service(row: Value) -> Service:
    return Service(
        address=row["address"].address(),
        port=row["port"].count(PORTS),
        transport=row["transport"].text(),
        protocol=row["protocol"].text(),
    )


def _middlebox(row: Value) -> Middlebox:
    return Middlebox(addresses=row["addresses"].count(), networks=row["networks"].texts(), reason=row["reason"].text())


def _coverage(row: Value) -> Coverage:
    return Coverage(
        interface=row["interface"].text_or_none(),
        network=row["network"].text(),
        channel=row["channel"].text(),
        state=row["state"].one_of("asked", "partial", "not-possible"),
        asked=row["asked"].count(),
        answered=row["answered"].count(),
        silent=row["silent"].count(),
        reason=row["reason"].text_or_none(),
        ports=tuple(port.count(PORTS) for port in row["ports"].each()),
        only_known=row["only_known"].flag(),
    )
