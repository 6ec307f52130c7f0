"""The example of an exposure: a device with its replies already read, and the state expected of it.

    { state = "found", vendor = "dahua", replies = [{ protocol = "dhdiscover", fields = { init_mask = "149" } }] }

Everything in it is checked, so that a misspelt example is a mistake and not a test of nothing. Raises `KnowledgeError`.
"""

from typing import Any

from camscan.assess.exposure.case import Case, Surroundings, case_of
from camscan.assess.reading import Words, one_of, texts
from camscan.datafile import need, refuse_unknown, tables
from camscan.errors import KnowledgeError
from camscan.model import Capability, Claim, Device, Observation, Service
from camscan.protocols.registry import load_protocols
from camscan.reply import Reply

STATES = ("found", "cannot-say", "none")
ADDRESS = "192.0.2.10"  # RFC 5737: documentation
_KEYS = {
    "state", "vendor", "kind", "model", "address", "addresses", "capabilities", "services", "replies",
    "asked_ports", "forwarded", "told_all", "serial_by",
}  # fmt: skip
_REPLY_KEYS = {"protocol", "transport", "port", "request", "channel", "time", "foreign", "routed", "fields"}
_SERVICE_KEYS = {"port", "protocol", "transport"}
_TRANSPORTS = ("tcp", "udp")
_CHANNELS = ("tcp", "multicast", "broadcast", "unicast", "recorded", "imported")

Row = dict[str, Any]


def state_of(row: Row, where: str) -> str:
    """What is expected."""
    refuse_unknown(row, _KEYS, where)
    return str(one_of("state", row, STATES, where))


def case_of_example(row: Row, words: Words, where: str) -> Case:
    """The device, laid out for the rules."""
    forwarded = {ADDRESS: texts("forwarded", row, where)} if "forwarded" in row else None
    whole = need(row, "told_all", bool, where) if "told_all" in row else True
    asked = frozenset(_port(port, "asked_ports", where) for port in _list(row, "asked_ports", where))
    tried = asked if "asked_ports" in row else None
    around = Surroundings(asked_ports=tried, forwarded=forwarded, told_all=whole)
    return case_of(device_of_example(row, words, where), around)


def device_of_example(row: Row, words: Words, where: str) -> Device:
    """The device of an example: of Hikvision and a camera where it says nothing else."""
    address = _text(row, "address", where, ADDRESS)
    replies = tables(row.get("replies", []), f"{where}: replies")
    place = f"{where}: replies"
    observations = tuple(_observation(reply, str(n), address, words, place) for n, reply in enumerate(replies))
    speakers = texts("serial_by", row, where)
    if not set(speakers) <= {o.reply.protocol for o in observations}:
        raise KnowledgeError(f"{where}: serial_by names a protocol of which there is no reply")
    services = tables(row.get("services", []), f"{where}: services")
    return Device(
        id="example",
        address=address,
        addresses=(address, *texts("addresses", row, where)),
        mac=None,
        vendor=_word(row, "vendor", "hikvision", words.makers, where),
        brand=None,
        model=_text(row, "model", where, "") or None,
        firmware=None,
        build=None,
        serial=None,
        kind=_word(row, "kind", "camera", words.kinds, where),
        capabilities=tuple(_capability(name, words, where) for name in texts("capabilities", row, where)),
        confidence={},
        claims=tuple(_serial(o) for o in observations if o.reply.protocol in speakers),
        conflicts=(),
        services=tuple(_service(service, address, f"{where}: services") for service in services),
        observations=observations,
        channels=(),
    )


def _observation(row: Row, identity: str, address: str, words: Words, where: str) -> Observation:
    refuse_unknown(row, _REPLY_KEYS, where)
    channel: str = one_of("channel", row, _CHANNELS, where) if "channel" in row else "recorded"
    reply = Reply(
        address=address,
        protocol=_protocol(row, where),
        transport=_transport(row, where),
        port=_port(row["port"], "port", where) if "port" in row else None,
        request=_text(row, "request", where, ""),
        data=b"",
        channel=channel,
        time=need(row, "time", float, where) if "time" in row else None,
        foreign=need(row, "foreign", bool, where) if "foreign" in row else False,
        routed=need(row, "routed", bool, where) if "routed" in row else None,
    )
    return Observation(id=identity, reply=reply, fields=_fields(row, words, where), channels=(channel,))


def _fields(row: Row, words: Words, where: str) -> dict[str, tuple[str, ...]]:
    fields: Row = need(row, "fields", dict, where)
    for name in (name for name in fields if name not in words.fields):
        raise KnowledgeError(f"{where}: unknown field {name}")
    read = {name: (told,) if isinstance(told, str) else texts(name, fields, where) for name, told in fields.items()}
    for name in (name for name, told in read.items() if not told):
        raise KnowledgeError(f"{where}: fields: {name} is empty")
    return read


def _service(row: Row, address: str, where: str) -> Service:
    refuse_unknown(row, _SERVICE_KEYS, where)
    port = _port(need(row, "port", int, where), "port", where)
    return Service(address=address, port=port, transport=_transport(row, where), protocol=_protocol(row, where))


def _capability(name: str, words: Words, where: str) -> Capability:
    if name not in words.capabilities:
        raise KnowledgeError(f"{where}: unknown capability {name}")
    return Capability(id=name, state="inferred", enabled=None, evidence=())


def _serial(observation: Observation) -> Claim:
    realm = "realm" in observation.fields
    return Claim(
        attribute="serial",
        value="EXAMPLE",
        confidence=0.9,
        rule="example",
        observation=observation.id,
        field="realm" if realm else "serial",
        text="EXAMPLE",
        source="example",
    )


def _protocol(row: Row, where: str) -> str:
    name: str = need(row, "protocol", str, where)
    if name not in load_protocols():
        raise KnowledgeError(f"{where}: unknown protocol {name}")
    return name


def _transport(row: Row, where: str) -> Any:
    return one_of("transport", row, _TRANSPORTS, where) if "transport" in row else "tcp"


def _word(row: Row, key: str, usual: str, known: Any, where: str) -> str | None:
    """A word of the vocabulary; none of them is written `unknown`."""
    name = _text(row, key, where, usual)
    if name != "unknown" and name not in known:
        raise KnowledgeError(f"{where}: unknown {key} {name}")
    return None if name == "unknown" else name


def _text(row: Row, key: str, where: str, usual: str) -> str:
    return str(need(row, key, str, where)) if key in row else usual


def _list(row: Row, key: str, where: str) -> list[Any]:
    found: list[Any] = need(row, key, list, where) if key in row else []
    return found


def _port(port: object, key: str, where: str) -> int:
    if type(port) is not int or not 0 < port < 65536:
        raise KnowledgeError(f"{where}: {key} is no port number")
    return port
