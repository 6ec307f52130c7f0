"""masscan's results (`-oJ`, `-oD`) → replies and open ports.

masscan writes every byte of a banner as one character (`\\u00ff` and below), so the bytes come back whole; a web page
comes as its head, its title and its server apart. Public source: masscan 1.3.2, `out-json.c`, `out-ndjson.c` and its
`--banners` protocols.
"""

import base64
import binascii
import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from camscan.errors import UsageError
from camscan.intake.imported import (
    BadEntry,
    Entry,
    Origin,
    Passed,
    head_of,
    read_address,
    read_port,
    read_time,
    whole_lines,
)
from camscan.intake.json_records import Broken, read_records
from camscan.intake.spoken import protocol_of
from camscan.reply import Transport

TOOL = "masscan"
BANNERS_LIMIT = 1024  # ports in one record; masscan writes one

_TRANSPORTS: dict[str, Transport] = {"tcp": "tcp", "udp": "udp"}
_KIND = re.compile(r"[A-Za-z0-9._-]{1,24}")
_PEM = b"-----BEGIN CERTIFICATE-----\n%b-----END CERTIFICATE-----\n"


def read_masscan(name: str, pieces: Iterable[str], swept: Collection[int]) -> Iterator[Entry]:
    """What the file tells; `swept` are the ports whose being open is kept. A bad record costs that record only."""
    for record in read_records(pieces):
        if isinstance(record, Broken):
            yield BadEntry(file=name, where=f"line {record.line}", reason=f"{record.reason}; left out")
            continue
        line, row = record
        try:
            yield from [entry for port in _ports(row) for entry in _read(row, port, swept)]
        except UsageError as error:
            yield BadEntry(file=name, where=f"line {line}", reason=f"{error}; left out")


def _ports(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The ports of a record: a list in `-oJ`, the record itself in `-oD`."""
    ports = row.get("ports", [row])
    if not isinstance(ports, list) or not all(isinstance(port, dict) for port in ports):
        raise UsageError('"ports" is no list of ports')
    return ports[:BANNERS_LIMIT]


def _read(row: dict[str, Any], port: dict[str, Any], swept: Collection[int]) -> Iterator[Entry]:
    if "ip" not in row:
        raise UsageError('no record of masscan: "ip" is missing')
    address = read_address(str(row["ip"]))
    transport = _TRANSPORTS.get(str(port.get("proto")))
    if transport is None:  # an answer to a ping, or SCTP
        return
    origin = Origin(
        tool=TOOL,
        address=address,
        port=read_port(port.get("port")),
        transport=transport,
        time=read_time(row.get("timestamp")),
    )
    told = port.get("data", port)
    service = port.get("service", told)
    if not isinstance(told, dict) or not isinstance(service, dict):
        raise UsageError("neither the state of a port nor a banner")
    if isinstance(service.get("banner"), str):
        yield from read_banner(origin, _name(service), service["banner"])
    elif told.get("status") == "open" and transport == "tcp" and origin.port in swept:
        yield origin.open_port()


def _name(service: dict[str, Any]) -> str:
    """The kind of a banner; `-oJ` and `-oD` call it differently."""
    name = service.get("name", service.get("service_name"))
    return name if isinstance(name, str) else "unknown"


def read_banner(origin: Origin, kind: str, text: str) -> Iterator[Entry]:
    """One banner as a reply, if it is of a kind that camscan reads."""
    data = text.encode("latin-1", "replace")
    asked = f"banner {kind if _KIND.fullmatch(kind) else ''}".rstrip()
    if kind == "X509":
        yield from _certificate(origin, text)
    elif kind == "title":
        yield origin.said("http", b"<title>" + data + b"</title>", asked, rebuilt=True)
    elif kind == "http.server":
        yield origin.said("http", head_of([("Server", text)]), asked, rebuilt=True)
    elif protocol := protocol_of(data, kind, origin.port):
        head = whole_lines(data) if protocol in ("http", "rtsp") else data
        yield origin.said(protocol, head, asked)
    else:
        yield Passed(kind=kind)


def _certificate(origin: Origin, text: str) -> Iterator[Entry]:
    try:
        der = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        yield Passed(kind="X509")
        return
    yield origin.said("tls", _PEM % base64.encodebytes(der), "banner X509")
