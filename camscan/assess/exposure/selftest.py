"""The exposures test themselves: every example is a device with its replies, and comes out as the file says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from camscan.assess.exposure.case import Exposed, Surroundings, case_of
from camscan.assess.exposure.exposure_file import FILE, STATES, load_exposures
from camscan.assess.exposure.exposures import Exposure
from camscan.assess.exposure.rules import RULES
from camscan.assess.exposure.services import offered
from camscan.assess.future import not_yet
from camscan.assess.reading import one_of
from camscan.datafile import need, refuse_unknown, tables
from camscan.errors import KnowledgeError
from camscan.model import Capability, Claim, Device, Observation, Reply, Service

_KEYS = {"state", "vendor", "kind", "model", "address", "addresses", "capabilities", "services", "replies",
         "asked_ports", "forwarded", "serial_by"}  # fmt: skip
_REPLY_KEYS = {"protocol", "transport", "port", "request", "channel", "time", "foreign", "routed", "fields"}
_ADDRESS = "192.0.2.10"  # RFC 5737: documentation


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """How many exposures and examples there are, and what is wrong."""

    exposures: int
    examples: int
    defects: tuple[str, ...]


def check_exposures(directory: Path, today: date) -> Checked:
    """Every example of a data directory, and every date of it."""
    try:
        exposures = load_exposures(directory)
        reasons = (
            (one, reason) for one in exposures for reason in (*failing(one), *not_yet([("date", one.date)], today))
        )
        defects = [f"{directory / FILE}: exposure {one.id}: {reason}" for one, reason in reasons]
    except KnowledgeError as error:
        return Checked(exposures=0, examples=0, defects=(str(error),))
    count = sum(len(one.examples) for one in exposures)
    return Checked(exposures=len(exposures), examples=count, defects=tuple(defects))


def failing(exposure: Exposure) -> Iterator[str]:
    """The examples that come out otherwise. Raises `KnowledgeError` for one that cannot be read."""
    for number, example in enumerate(exposure.examples, 1):
        came_out = outcome(exposure, example)
        if came_out != example["state"]:
            yield f"example {number}: {example['state']} expected, {came_out} came out"
    if not any(example["state"] == "found" for example in exposure.examples):
        yield "no example in which it is found"
    if not any(example["state"] == "none" for example in exposure.examples):
        yield "no example in which it is not there"


def outcome(exposure: Exposure, example: dict[str, Any]) -> str:
    """The state of this exposure for the device of an example."""
    where = f"exposure {exposure.id}: example"
    refuse_unknown(example, _KEYS, where)
    one_of("state", example, STATES, where)
    forwarded = {_ADDRESS: tuple(example["forwarded"])} if "forwarded" in example else None
    asked = frozenset(example["asked_ports"]) if "asked_ports" in example else None
    case = case_of(device_of_example(example, where), Surroundings(asked_ports=asked, forwarded=forwarded))
    answer = offered(case, exposure.offer) if exposure.offer else RULES[exposure.id](case)
    return "none" if answer is None else "found" if isinstance(answer, Exposed) else "cannot-say"


def device_of_example(example: Mapping[str, Any], where: str) -> Device:
    """The device of an example, with its replies already read."""
    rows = tables(example.get("replies", []), f"{where}: replies")
    address = example.get("address", _ADDRESS)
    observations = tuple(_observation(row, f"{number}", address, where) for number, row in enumerate(rows))
    services = tables(example.get("services", []), f"{where}: services")
    return Device(
        id="example",
        address=address,
        addresses=(address, *example.get("addresses", ())),
        mac=None,
        vendor=example.get("vendor", "hikvision"),
        brand=None,
        model=example.get("model"),
        firmware=None,
        build=None,
        serial=None,
        kind=example.get("kind", "camera"),
        capabilities=tuple(
            Capability(id=name, state="inferred", enabled=None, evidence=()) for name in example.get("capabilities", ())
        ),
        confidence={},
        claims=tuple(_serial(o) for o in observations if o.reply.protocol in example.get("serial_by", ())),
        conflicts=(),
        services=tuple(
            Service(address=address, port=row["port"], transport=row.get("transport", "tcp"), protocol=row["protocol"])
            for row in services
        ),
        observations=observations,
        channels=(),
    )


def _serial(observation: Observation) -> Claim:
    return Claim(
        attribute="serial",
        value="EXAMPLE",
        confidence=0.9,
        rule="example",
        observation=observation.id,
        field="serial",
        text="EXAMPLE",
        source="example",
    )


def _observation(row: dict[str, Any], identity: str, address: str, where: str) -> Observation:
    refuse_unknown(row, _REPLY_KEYS, f"{where}: replies")
    channel = row.get("channel", "recorded")
    fields = need(row, "fields", dict, f"{where}: replies")
    reply = Reply(
        address=address,
        protocol=need(row, "protocol", str, f"{where}: replies"),
        transport=row.get("transport", "tcp"),
        port=row.get("port"),
        request=row.get("request", ""),
        data=b"",
        channel=channel,
        time=row.get("time"),
        foreign=row.get("foreign", False),
        routed=row.get("routed"),
    )
    read = {name: (text,) if isinstance(text, str) else tuple(text) for name, text in fields.items()}
    return Observation(id=identity, reply=reply, fields=read, channels=(channel,))
