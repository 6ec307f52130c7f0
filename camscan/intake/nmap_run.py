"""Hears nmap's XML element by element, as lxml's parser tells it, and turns every port that ends into entries.

The rule: nothing is kept beyond the port that is being read, and of that no more than the limits say. What nmap
concluded (product, operating system) is hearsay. Public source: nmap's DTD (`docs/nmap.dtd`).
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from camscan.errors import UsageError
from camscan.intake.imported import BadEntry, Entry, Origin, Passed, read_address, read_port, read_time, whole_lines
from camscan.intake.masscan_json import TOOL as MASSCAN
from camscan.intake.masscan_json import read_banner
from camscan.intake.nmap_fingerprint import read_fingerprint, unescape
from camscan.intake.nmap_script import TEXT_LIMIT, Printed, Script
from camscan.intake.nmap_scripts import PASSED, Asked, read_scripts
from camscan.intake.spoken import protocol_of
from camscan.reply import Transport

TOOL = "nmap"
SCRIPTS_LIMIT = 64  # of one port
NAMES_LIMIT = 64  # of one host

_TRANSPORTS: dict[str, Transport] = {"tcp": "tcp", "udp": "udp"}
_GREETINGS = ("ftp", "ssh", "telnet")  # said before anything is asked; what follows a probe is a complaint about it
_UNASKED = "NULL"  # the probe that only listens
_CONCLUSIONS = ("product", "extrainfo", "devicetype", "ostype")

Attributes = dict[str, str]


@dataclass(slots=True, kw_only=True)
class _Host:
    time: float | None = None
    given_up: bool = False
    address: str = ""
    names: set[str] = field(default_factory=set)


@dataclass(slots=True, kw_only=True)
class _Port:
    transport: Transport
    number: int
    open: bool = False
    service: Attributes = field(default_factory=dict)
    scripts: list[Script] = field(default_factory=list)


class Run:
    """The target of lxml's parser. `heard` is what came of the file since the last `drain`; `ended` says that the run
    came to its end."""

    def __init__(self, file: str, swept: Collection[int]) -> None:
        self.ended = False
        self._file, self._swept, self._tool = file, swept, TOOL
        self._heard: list[Entry] = []
        self._host = _Host()
        self._port: _Port | None = None
        self._script: Printed | None = None
        self._begin: dict[str, Callable[[Attributes], None]] = {
            "nmaprun": self._run_begins,
            "host": self._host_begins,
            "address": self._address,
            "hostname": self._name,
            "port": self._port_begins,
            "state": self._state,
            "service": self._service,
            "script": self._script_begins,
        }
        self._end: dict[str, Callable[[], None]] = {
            "nmaprun": self._run_ends,
            "host": self._host_ends,
            "port": self._port_ends,
            "script": self._script_ends,
        }

    def drain(self) -> Iterator[Entry]:
        """What was heard since the last time."""
        heard, self._heard = self._heard, []
        return iter(heard)

    def start(self, tag: str, attributes: Attributes) -> None:
        """The parser's: an element begins."""
        begin = self._begin.get(tag)
        if begin or self._script:
            kept = {name: text[:TEXT_LIMIT] for name, text in attributes.items()}
            if begin:
                begin(kept)
            elif self._script:
                self._script.begin(tag, kept)

    def end(self, tag: str) -> None:
        """The parser's: an element ends."""
        if finish := self._end.get(tag):
            finish()
        elif self._script:
            self._script.end(tag)

    def data(self, text: str) -> None:
        """The parser's: text between elements."""
        if self._script:
            self._script.add(text)

    def close(self) -> None:
        """The parser's: the end of the text."""

    def _run_begins(self, attributes: Attributes) -> None:
        self._tool = MASSCAN if attributes.get("scanner") == MASSCAN else TOOL

    def _run_ends(self) -> None:
        self.ended = True

    def _host_begins(self, attributes: Attributes) -> None:
        self._host = _Host(time=read_time(attributes.get("endtime")), given_up=attributes.get("timedout") == "true")

    def _host_ends(self) -> None:
        if self._host.given_up:
            self._bad(f"host {self._host.address}", "nmap gave up on it, and its ports are not in the file")
        self._host = _Host()

    def _address(self, attributes: Attributes) -> None:
        text = attributes.get("addr", "")
        if attributes.get("addrtype") == "mac":
            self._mac(text)
            return
        try:
            self._host.address = read_address(text)
        except UsageError as error:
            self._bad(f"host {text[:60]}", f"{error}; left out")

    def _mac(self, mac: str) -> None:
        """As the kernel lists a neighbour: nmap knows a MAC only of hosts on its own wire."""
        address = self._host.address
        if address and ":" not in address:
            line = f"{address} 0x1 0x2 {mac[:32]} * nmap\n"
            self._heard.append(self._origin(None, "tcp").said("arp", line.encode(), "MAC address", rebuilt=True))

    def _name(self, attributes: Attributes) -> None:
        if len(self._host.names) < NAMES_LIMIT:
            self._host.names.add(attributes.get("name", "")[:255].casefold())

    def _port_begins(self, attributes: Attributes) -> None:
        self._port, self._script = None, None
        transport = _TRANSPORTS.get(attributes.get("protocol", ""))
        try:
            number = read_port(attributes.get("portid"))
        except UsageError as error:
            self._bad(f"host {self._host.address}", f"{error}; left out")
            return
        if self._host.address and transport:
            self._port = _Port(transport=transport, number=number)

    def _state(self, attributes: Attributes) -> None:
        if self._port:
            self._port.open = attributes.get("state") == "open"

    def _service(self, attributes: Attributes) -> None:
        if self._port:
            self._port.service = attributes

    def _script_begins(self, attributes: Attributes) -> None:
        self._script = Printed(id=attributes.get("id", ""), output=attributes.get("output", ""))

    def _script_ends(self) -> None:
        script, self._script = self._script, None
        if script is None:
            return
        if self._port and len(self._port.scripts) < SCRIPTS_LIMIT:
            self._port.scripts.append(script.done())
        elif script.id in PASSED:
            self._heard.append(Passed(kind=script.id))

    def _port_ends(self) -> None:
        port, self._port = self._port, None
        if port and port.open:
            self._heard += self._entries(port)

    def _entries(self, port: _Port) -> Iterator[Entry]:
        origin = self._origin(port.number, port.transport)
        if port.transport == "tcp" and port.number in self._swept:
            yield origin.open_port()
        name = port.service.get("name", "")
        yield from self._said(origin, name, port.service)
        yield from read_scripts(port.scripts, Asked(origin=origin, service=name, names=self._names()))
        yield from (Passed(kind=script.id) for script in port.scripts if script.id in PASSED)
        hearsay = origin.concluded(" ".join(port.service.get(key, "") for key in _CONCLUSIONS))
        if hearsay:
            yield hearsay

    def _said(self, origin: Origin, name: str, service: Attributes) -> Iterator[Entry]:
        """The replies of which nmap kept the bytes, or the banner that masscan wrote."""
        heard: set[tuple[str, bytes]] = set()
        for probe, data in read_fingerprint(service.get("servicefp", "")):
            protocol = protocol_of(data, name, origin.port)
            if protocol is None or (protocol in _GREETINGS and probe != _UNASKED):
                continue
            said = whole_lines(data) if protocol in ("http", "rtsp") else data
            if (protocol, said) not in heard:
                heard.add((protocol, said))
                yield origin.said(protocol, said, f"probe {probe}")
        if not heard and "servicefp" in service:
            yield Passed(kind=f"replies of port {origin.port}")
        if self._tool == MASSCAN and "banner" in service:
            yield from read_banner(origin, name, unescape(service["banner"]).decode("latin-1"))

    def _names(self) -> frozenset[str]:
        return frozenset((self._host.address, *self._host.names))

    def _origin(self, port: int | None, transport: Transport) -> Origin:
        host = self._host
        return Origin(tool=self._tool, address=host.address, port=port, transport=transport, time=host.time)

    def _bad(self, where: str, reason: str) -> None:
        self._heard.append(BadEntry(file=self._file, where=where, reason=reason))
