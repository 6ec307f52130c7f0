"""What the inventory keeps of a device, judged by the data of today."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from camscan.errors import UsageError

if TYPE_CHECKING:
    from camscan.assess.exposure.case import Surroundings
    from camscan.cli.known import Known
    from camscan.inventory.facts import Facts
    from camscan.inventory.reassess import Stored
    from camscan.inventory.store import Transaction
    from camscan.model import Device, ScanResult
    from camscan.reply import Reply

GATEWAYS = "upnp"  # the protocol in which a gateway tells what it forwards


def judge_of_stored(connection: "Transaction", known: "Known") -> "Callable[[Stored], Facts | None]":
    """What is kept of a device now, by its replies, beside what the register heard of others, and what the owner says
    of addresses that are not one device; None where its replies say nothing."""
    from camscan.inventory.facts import facts_of

    judge = _judge(connection, known)

    def facts(one: "Stored") -> "Facts | None":
        device = judge(one)
        return None if device is None else facts_of(device)

    return facts


def stored_device(connection: "Transaction", wanted: str, known: "Known", now: float) -> "Device":
    """The device that goes by a word, as its replies have it today, with what its owner has decided. Raises
    `UsageError` where there is none, several, or nothing that says anything."""
    from camscan.inventory.annotate import annotated
    from camscan.inventory.lookup import the_one
    from camscan.inventory.reassess import stored_of

    number = the_one(connection, wanted)
    stored = next(stored_of(connection, [number]), None)
    device = None if stored is None else _judge(connection, known)(stored)
    if device is None:
        raise UsageError(f"of device {wanted} the inventory keeps no reply that says anything")
    result = replace(nothing_heard(known, wanted, now), devices=(device,))
    return annotated(connection, result, [number], now).devices[0]


def _judge(connection: "Transaction", known: "Known") -> "Callable[[Stored], Device | None]":
    from camscan.inventory.groups import separation
    from camscan.inventory.replies import last_words

    around = _surroundings(last_words(connection, GATEWAYS))
    parted = known.parted(separation(connection))
    return lambda one: _judged(one, parted, around)


def nothing_heard(known: "Known", name: str, now: float) -> "ScanResult":
    """A result that says by which data it was judged, and nothing else."""
    from camscan.judge import judge

    return replace(judge((), known.knowledge, scan_id=name, known=known.assessment), ended=now)


def _judged(one: "Stored", known: "Known", around: "Surroundings") -> "Device | None":
    """Where its replies are taken for several devices today, what is said of the one that most are of."""
    from camscan.assess.assess import assess
    from camscan.judge import noted

    found = noted(one.replies, known.knowledge).result().devices
    if not found:
        return None
    main = max(found, key=lambda device: len(device.observations))
    return assess(main, known.assessment, replace(around, asked_ports=one.asked_ports))


def _surroundings(told: "Iterable[Reply]") -> "Surroundings":
    """What gateways say about other devices: who forwards a port to them."""
    from camscan.assess.exposure.surroundings import surroundings_of
    from camscan.identify.match import observe
    from camscan.protocols.registry import load_protocols

    return surroundings_of((observe(reply, load_protocols()) for reply in told), None)
