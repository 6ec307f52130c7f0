"""Which addresses are worth turns: who has been heard of, and what their replies announced."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from camscan.discover.announced import announced
from camscan.discover.hint import Hint
from camscan.discover.macs import Macs
from camscan.discover.roll import Roll
from camscan.probe import Protocol
from camscan.protocols.content import content_id
from camscan.protocols.reading import read
from camscan.reply import Fields, Reply
from camscan.scope import Scope

HINTS_LIMIT = 12  # endpoints one device may announce; the busiest recorder seen announces six


@dataclass(slots=True, kw_only=True)
class Hosts:
    """The addresses in scope that have answered anything, in the order in which they did.

    `macs` is what ARP has told this run of directly connected ones.
    """

    scope: Scope
    protocols: Mapping[str, Protocol]
    heard: Roll = field(default_factory=Roll)
    identified: set[str] = field(default_factory=set)
    hints: dict[str, list[Hint]] = field(default_factory=lambda: defaultdict(list))
    macs: Macs = field(default_factory=Macs)
    _contents: set[str] = field(default_factory=set)

    def note(self, reply: Reply, *, fresh: bool = True) -> bool:
        """Remember the sender and what it announced of itself; false for somebody's question, which is no answer. What
        was heard before is not read again: most devices answer each spelling of a question, and say the same. Of what
        an earlier run has heard (not `fresh`) the MAC is left out: another may have the address by now."""
        content = content_id(reply, self.protocols)
        if content in self._contents:
            return True
        protocol = self.protocols[reply.protocol]
        reading = read(protocol, reply.data)
        if reading.question:
            return False
        if fresh:
            self._contents.add(content)
        if reading.fields and protocol.identifies:
            self.identified.add(reply.address)
        if self.scope.permits(reply.address):
            self.heard.add(reply.address)
            self._keep_hints(reply, reading.fields)
            if fresh:
                self._keep_mac(reply, reading.fields)
        return True

    def _keep_mac(self, reply: Reply, fields: Fields) -> None:
        mac = next(iter(fields.get("mac", ())), "")
        if reply.protocol == "arp" and mac:
            self.macs.note(reply.address, bytes.fromhex(mac.replace(":", "")))

    def _keep_hints(self, reply: Reply, fields: Fields) -> None:
        known = self.hints[reply.address]
        for hint in announced(reply, fields):
            if hint not in known and len(known) < HINTS_LIMIT:
                known.append(hint)
