"""What another scanner's file gives: replies in the form of a recording, hearsay, and what could not be used.

The rule: only what the device itself said becomes a reply. Its bytes are taken as the file has them; where the file has
parts only (a title, a list of headers), the reply is rebuilt from these and its `request` says so. What the other
scanner concluded is hearsay: a reason to ask the device, never evidence.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from math import isfinite

from camscan.errors import UsageError
from camscan.intake.replay import LATEST
from camscan.reply import Reply, Transport

CHANNEL = "imported"
DATA_LIMIT = 256 * 1024  # bytes of one reply: as much as a scan takes of one

MAC_PROTOCOL, PORT_PROTOCOL = "arp", "tcp"

_ENDS_HEAD = re.compile(rb"\r?\n\r?\n")
_MAKERS = re.compile(r"(?i)hikvision|dahua")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearsay:
    """Another scanner's conclusion that a device at `address` is of one of the two makers."""

    address: str
    port: int | None
    tool: str
    maker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A banner of a kind that camscan does not read, or not as this file has it."""

    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BadEntry:
    """A part of a file that cannot be used: `where` is a line, a host, or the end."""

    file: str
    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.where}: {self.reason}"


Entry = Reply | Hearsay | Passed | BadEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Which port of which host a file tells of, and by whom it was asked when (seconds since the epoch)."""

    tool: str
    address: str
    port: int | None
    transport: Transport = "tcp"
    time: float | None = None

    def said(self, protocol: str, data: bytes, asked: str, *, rebuilt: bool = False) -> Reply:
        """What the device said when it was `asked`; `rebuilt` where the bytes are not as they came."""
        return Reply(
            address=self.address,
            protocol=protocol,
            transport="ethernet" if protocol == MAC_PROTOCOL else self.transport,
            port=self.port,
            request=f"{asked} by {self.tool}{', rebuilt' if rebuilt else ''}".lstrip(),
            data=data[:DATA_LIMIT],
            channel=CHANNEL,
            time=self.time,
        )

    def open_port(self) -> Reply:
        """That the port was open."""
        return self.said(PORT_PROTOCOL, b"", "connect")

    def concluded(self, text: str) -> Hearsay | None:
        """The conclusion in a text of the scanner's own, where it names one of the two makers."""
        named = _MAKERS.search(text)
        if named is None:
            return None
        return Hearsay(address=self.address, port=self.port, tool=self.tool, maker=named[0].lower())


def read_address(text: str) -> str:
    """The address as camscan writes it. Raises `UsageError`; a zone belongs to the machine that scanned."""
    try:
        return str(ip_address(text.partition("%")[0]))
    except ValueError:
        raise UsageError(f"{text[:60]!r} is not an IP address") from None


def read_port(text: object) -> int:
    """A port number, from a number or from digits. Raises `UsageError`."""
    digits = str(text) if isinstance(text, int | str) else ""
    if digits.isascii() and digits.isdigit() and len(digits) <= 5 and int(digits) <= 65535:
        return int(digits)
    raise UsageError(f"{digits[:20]!r} is not a port")


def read_time(text: object) -> float | None:
    """Seconds since the epoch, None where the text is none."""
    try:
        seconds = float(text) if isinstance(text, int | float | str) else 0.0
    except (ValueError, OverflowError):
        return None
    return seconds if isfinite(seconds) and 0 < seconds <= LATEST else None


def whole_lines(data: bytes) -> bytes:
    """The bytes up to the last line end, if they stop within the head of a message: half a value is another value."""
    return data if _ENDS_HEAD.search(data) else data[: data.rfind(b"\n") + 1]


def head_of(pairs: Iterable[tuple[str, str]], status: str = "") -> bytes:
    """Header lines as a message without a body, and without a status line where none is known."""
    lines = [status] if status else []
    lines += [f"{name}: {' '.join(value.split())}" for name, value in pairs]
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "replace")
