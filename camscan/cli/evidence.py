"""The evidence of devices for reports: what the inventory keeps of their replies, read by the rules of today."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from camscan.cli.known import Known
    from camscan.dossier import Sheet
    from camscan.inventory.store import Transaction

BY_ITSELF = 1_000
"""Devices up to which it is told unless it is not wanted: reading the replies takes a millisecond a device, and the
page grows by half."""


def with_evidence(connection: "Transaction", devices: "Sequence[Sheet]", known: "Known") -> "list[Sheet]":
    """The devices, each with what its replies say of it; where these make several devices, of the one that most are
    of."""
    from camscan.assess.overview.evidence import evidence_of
    from camscan.inventory.reassess import AT_ONCE, stored_of
    from camscan.judge import noted

    found: list[Sheet] = []
    for start in range(0, len(devices), AT_ONCE):
        some = devices[start : start + AT_ONCE]
        told = {}
        for stored in stored_of(connection, [number for one in some for number in one.numbers]):
            made = noted(stored.replies, known.knowledge).result().devices
            if made:
                told[stored.number] = evidence_of(max(made, key=lambda device: len(device.observations)))
        found += [replace(one, evidence=tuple(e for n in one.numbers for e in told.get(n, ()))) for one in some]
    return found
