"""What the user typed → networks: addresses, CIDR networks, ranges and host names, on the command line or in a file.

Nothing is guessed: a word that is none of these is refused with its place, and a word that looks numeric is never taken
for a host name. Host bits of a network are masked off, as nmap does. Host names come back unresolved; resolving one
sends a packet, and this module does no I/O.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
    summarize_address_range,
)

from camscan.errors import UsageError
from camscan.intake.lines import check_line
from camscan.scope import Address, Network

SHOWN = 60  # characters of a bad word in an error message: it has to stay one line
WIDEST_IPV6_RANGE = 4096  # addresses, as in a /116: a larger IPv6 range cannot be asked in a working day

_LABEL = r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)"
_HOST_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(\.{_LABEL})*\.?")
_NUMERIC = re.compile(r"[\d.:/*-]+")
_WITH_PORT = re.compile(r"[^:]+:\d+|\[.*\](:\d+)?")
_MAPPED = IPv6Network("::ffff:0:0/96")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One word of the user: what was typed, where, and the networks it stands for.

    `exact` means that every address was named (an address or a range); otherwise the first and the last address of a
    network are no hosts. `name` is a host name not yet resolved; its `networks` are empty.
    """

    text: str
    where: str = ""
    networks: tuple[Network, ...] = ()
    exact: bool = False
    name: str | None = None

    def error(self, reason: str) -> UsageError:
        """The one-line refusal of this word: place, text, reason."""
        return refusal(self.text, self.where, reason)


def refusal(text: str, where: str, reason: str) -> UsageError:
    """`FILE:LINE: "text": reason`, or without the place for a word of the command line."""
    shown = text if len(text) <= SHOWN else text[:SHOWN] + "…"
    return UsageError(f'{where}: "{shown}": {reason}' if where else f'"{shown}": {reason}')


def read_targets(name: str, lines: Iterable[str]) -> Iterator[Target]:
    """The targets of a file, several on a line if need be; `#` starts a comment. Raises `UsageError`."""
    for number, line in enumerate(lines, 1):
        where = f"{name}:{number}"
        try:
            check_line(line)
        except UsageError as error:
            raise UsageError(f"{where}: {error}") from None
        for word in _words(line.split("#", 1)[0]):
            yield parse_target(word, where)


def parse_words(text: str, where: str = "") -> Iterator[Target]:
    """The targets of one argument, which may hold several with commas. An empty argument is refused: it is most often
    a shell variable that was never set."""
    words = _words(text)
    if not words:
        raise refusal(text, where, "empty")
    return (parse_target(word, where) for word in words)


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s,]+", text) if word]


def parse_target(text: str, where: str = "") -> Target:
    """One word. Raises `UsageError` naming place, word and reason."""
    try:
        networks, exact = _networks(text)
    except ValueError as error:
        raise refusal(text, where, _reason(error)) from None
    name = None if networks else text
    return Target(text=text, where=where, networks=networks, exact=exact, name=name)


def resolved(target: Target, addresses: Iterable[str]) -> Target:
    """A host name with the addresses it stands for. Raises `UsageError` where there are none that can be asked."""
    found = [parse_target(a, target.where) for a in addresses if "%" not in a and not a.startswith("fe80:")]
    if not found:
        raise target.error("the name does not resolve to an address")
    networks = tuple(network for one in found for network in one.networks)
    return Target(text=target.text, where=target.where, networks=networks, exact=True)


def _networks(text: str) -> tuple[tuple[Network, ...], bool]:
    """The networks of a word and whether they are exact; none for a host name. Raises `ValueError` with the reason."""
    if "://" in text:
        raise ValueError("a URL; give the host alone")
    if "/" in text:
        network = _unmapped(_network(text))
        return (network,), network.num_addresses <= 2
    first, dash, last = text.partition("-")
    if dash and _is_address(first):
        return tuple(_unmapped(n) for n in _range(_address(first), last)), True
    if _is_address(text) or (_NUMERIC.fullmatch(text) and not _WITH_PORT.fullmatch(text)) or "%" in text:
        return (_unmapped(ip_network(_address(text))),), True
    _check_name(text)
    return (), True


def _network(text: str) -> Network:
    host = text.split("/", 1)[0]
    if ":" in host:
        return IPv6Network((_address(host), text.split("/", 1)[1]), strict=False)
    return IPv4Network(text, strict=False)


def _address(text: str) -> Address:
    address = IPv6Address(text) if ":" in text else IPv4Address(text)
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        raise ValueError("an address with a zone belongs to one interface and cannot be asked")
    return address


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _range(first: Address, last: str) -> Iterator[Network]:
    """`10.0.0.5-10.0.0.20`, or `10.0.0.5-20` where the last octet alone changes."""
    whole = f"{str(first).rpartition('.')[0]}.{last}" if first.version == 4 and last.isdecimal() else last
    try:
        end = _address(whole)
    except ValueError:
        raise ValueError("the end of the range is no address") from None
    if end.version != first.version:
        raise ValueError("the range begins with one IP version and ends with the other")
    if int(end) < int(first):
        raise ValueError("the range ends before it begins")
    if first.version == 6 and int(end) - int(first) >= WIDEST_IPV6_RANGE:
        raise ValueError(f"an IPv6 range of more than {WIDEST_IPV6_RANGE} addresses cannot be asked one by one")
    return summarize_address_range(first, end)


def _unmapped(network: Network) -> Network:
    """An IPv4 network written as IPv6 (`::ffff:10.0.0.5`) is the IPv4 network, for targets and exclusions alike."""
    if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
        return IPv4Network((int(network.network_address) & 0xFFFFFFFF, network.prefixlen - 96))
    return network


def _check_name(text: str) -> None:
    if _WITH_PORT.fullmatch(text):
        raise ValueError("a port cannot be chosen; give the host alone")
    last = text.rstrip(".").rpartition(".")[2]
    if not _HOST_NAME.fullmatch(text) or last.isdecimal():
        raise ValueError("neither an address, a network, a range nor a host name")


def _reason(error: ValueError) -> str:
    """What `ipaddress` says, without the text that the message names already."""
    return str(error).split(" in '")[0].replace("'", "").strip()
