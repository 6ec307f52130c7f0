"""Whether an interface kept its link while a scan ran: a pulled cable says nothing to whoever sends.

The kernel drops what is sent without a link and reports success; only its count of lost links tells. Follows
sysfs-class-net (`carrier`, `carrier_down_count`). Where there is no sysfs nothing is known, and nothing is said.
"""

from collections.abc import Iterable
from pathlib import Path

from camscan.transport.interfaces import SYSTEM


class Carriers:
    """The links of these interfaces from now on."""

    def __init__(self, interfaces: Iterable[str], system: Path = SYSTEM) -> None:
        self._system = system
        self._downs = {name: self._read(name, "carrier_down_count") for name in interfaces}

    def lost(self) -> dict[str, str]:
        """Why what was sent by an interface may not have left, for each of which that is so."""
        found = ((name, self._lack(name)) for name in self._downs)
        return {name: lack for name, lack in found if lack}

    def _lack(self, name: str) -> str | None:
        if self._read(name, "carrier_down_count") != self._downs[name]:
            return f"{name} lost its link during the scan"
        return f"{name} has no link" if self._read(name, "carrier") == "0" else None

    def _read(self, name: str, what: str) -> str | None:
        """The text of the file; None where there is none, or where an interface that is off has none to give."""
        try:
            return (self._system / name / what).read_text(encoding="ascii").strip()
        except OSError:
            return None
