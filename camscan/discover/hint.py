"""One endpoint of a host at which something may be asked, and those that open ports suggest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from camscan.probe import Protocol, Tcp


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """A port of a host, the protocol to ask there, and the path where a reply has named one."""

    protocol: str
    port: int
    tls: bool = False
    path: str = ""


def hints_for(ports: Iterable[int], protocols: Mapping[str, Protocol]) -> list[Hint]:
    """What to ask on open ports, from the ports the protocols name."""
    hints: list[Hint] = []
    for port in ports:
        for protocol in protocols.values():
            channel = protocol.channel
            if isinstance(channel, Tcp) and protocol.dialogue:
                hints += [Hint(protocol=protocol.name, port=port)] if port in channel.ports else []
                hints += [Hint(protocol=protocol.name, port=port, tls=True)] if port in channel.tls_ports else []
    return hints
