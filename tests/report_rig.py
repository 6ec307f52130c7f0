"""A result to render: every kind of device that a report has to cope with, the hostile one among them."""

from dataclasses import replace

from camscan.model import Capability, Claim, Conflict, Coverage, Device, Middlebox, Observation, ScanResult, Service
from camscan.reply import Reply
from camscan.report import shape
from camscan.report.document import device_record

ESCAPE = "\x1b[31mred\x1b]0;title\x07"
MARKS = "abc\u202egnp.exe\u200b\u2066"
HOSTILE = (
    ESCAPE,
    MARKS,
    "<script>alert(1)</script>",
    '=cmd|" /C calc"!A0',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "x;=1+1",
    "line\r\nbreak\ttab\0nul\x85next\u2028separator",
    "[bold red]markup[/] [link=http://example.org]x[/link] :smile:",
    "\ud800 lone surrogate",
    "A" * 10_000,
    "\x1b" * 10_000,
    "../../etc/passwd",
    "\uff1dfull-width",
)


def published(device: Device) -> shape.Device:
    """The device as a document holds it."""
    return shape.Device.model_validate(device_record(device))


def reply(address: str, protocol: str = "sadp", data: bytes = b"x", request: str = "inquiry") -> Reply:
    return Reply(address=address, protocol=protocol, transport="udp", port=37020, request=request, data=data)


def device(address: str, **changes: object) -> Device:
    unknown = Device(
        id=f"address-{address}",
        address=address,
        addresses=(address,),
        mac=None,
        vendor=None,
        brand=None,
        model=None,
        firmware=None,
        build=None,
        serial=None,
        kind=None,
        capabilities=(),
        confidence={},
        claims=(),
        conflicts=(),
        services=(),
        observations=(),
        channels=("http",),
    )
    return replace(unknown, **changes)  # type: ignore[arg-type]


def claim(attribute: str, value: str, confidence: float = 0.9, observation: str = "o1") -> Claim:
    return Claim(
        attribute=attribute,
        value=value,
        confidence=confidence,
        rule=f"rule-{attribute}",
        observation=observation,
        field="model",
        text=value,
        source="https://example.org/source",
        file="sadp.toml",
        date="2026-11-22",
    )


def camera(address: str = "10.0.0.9") -> Device:
    return device(
        address,
        id="serial-ds-2cd2042wd-i0123",
        mac="44:19:b6:00:00:01",
        vendor="hikvision",
        brand="annke",
        model="DS-2CD2042WD-I",
        firmware="V5.5.6",
        build="build 180326",
        serial="DS-2CD2042WD-I0123",
        kind="camera",
        capabilities=(Capability(id="ptz", state="inferred", enabled=None, evidence=("model-ptz",)),),
        confidence={"vendor": 0.97, "model": 0.9},
        claims=(claim("vendor", "hikvision", 0.97), claim("model", "DS-2CD2042WD-I"), claim("vendor", "dahua", 0.5)),
        conflicts=(
            Conflict(attribute="vendor", values=(("hikvision", 0.97), ("dahua", 0.5)), reason="replies disagree"),
        ),
        services=(Service(address=address, port=37020, transport="udp", protocol="sadp"),),
        observations=(
            Observation(id="o1", reply=reply(address), fields={"model": ("DS-2CD2042WD-I",)}, channels=("recorded",)),
        ),
        channels=("sadp multicast", "sadp unicast", "http"),
        first_seen=1_795_000_000.25,
        last_seen=1_795_000_060.75,
    )


def recorder(address: str = "10.0.0.10") -> Device:
    return device(
        address,
        vendor="dahua",
        brand="dahua",
        model="DHI-NVR5216-16P-4KS2E",
        firmware="4.001.0000000.3",
        kind="recorder",
        confidence={"vendor": 0.85},
        channels=("dhdiscover broadcast", "http", "rtsp"),
    )


def middlebox(addresses: int = 254) -> Device:
    """A box that shows one login page at every address of a network."""
    reason = f"{addresses} of {addresses} addresses of 10.0.0.0/24 say the same, word for word"
    return replace(
        camera("10.0.0.1"),
        id="address-10.0.0.1",
        addresses=tuple(f"10.0.0.{n}" for n in range(1, addresses + 1)),
        confidence={"vendor": 0.5},
        conflicts=(Conflict(attribute="vendor", values=(), reason=f"inconsistent: {reason}"),),
        middlebox=Middlebox(addresses=addresses, networks=("10.0.0.0/24",), reason=reason),
    )


def hostile(text: str, address: str = "10.0.0.66") -> Device:
    """A device that puts one string into everything it may say."""
    return device(
        address,
        id=f"serial-{text}",
        addresses=(address,),
        mac=text,
        vendor="hikvision",
        brand=text,
        model=text,
        firmware=text,
        build=text,
        serial=text,
        kind=text,
        capabilities=(Capability(id=text, state="observed", enabled=True, evidence=(text,)),),
        confidence={"vendor": 0.5},
        claims=(claim("model", text),),
        conflicts=(Conflict(attribute="serial", values=((text, 0.5),), reason=text),),
        services=(Service(address=address, port=1, transport="udp", protocol=text),),
        observations=(
            Observation(id="o1", reply=reply(address, protocol=text, request=text), fields={}, channels=("recorded",)),
        ),
        channels=(text,),
    )


COVERAGE = (
    Coverage(
        interface="eth0", network="10.0.0.0/24", channel="sadp multicast", state="asked", asked=1, answered=3, silent=0
    ),
    Coverage(
        interface="eth0",
        network="10.0.0.0/24",
        channel="sadp unicast",
        state="asked",
        asked=254,
        answered=3,
        silent=251,
    ),
    Coverage(
        interface="eth0",
        network="10.0.1.0/24",
        channel="sadp unicast",
        state="asked",
        asked=254,
        answered=0,
        silent=254,
    ),
    Coverage(
        interface="eth0",
        network="10.0.0.0/24",
        channel="arp sweep",
        state="not-possible",
        asked=0,
        answered=0,
        silent=0,
        reason="raw sockets need root",
    ),
    Coverage(
        interface=None, network="10.9.0.0/24", channel="tcp connect", state="partial", asked=254, answered=1, silent=9
    ),
)


def result(*devices: Device, **changes: object) -> ScanResult:
    """A scan of these devices, with a little of everything else."""
    bad = Observation(
        id="bad", reply=reply("10.0.0.77", data=b"\x1b\xff\0"), fields={}, channels=("recorded",), problem="not XML"
    )
    odd = Observation(
        id="odd",
        reply=reply("10.0.0.78", data=b"<a>plain</a>\r\n"),
        fields={},
        channels=("recorded",),
        problem="no such root",
    )
    scan = ScanResult(
        id="scan-1",
        started=1_795_000_000.0,
        ended=1_795_000_060.0,
        scope=("10.0.0.0/23",),
        vantage="laptop",
        partial=False,
        devices=devices,
        coverage=COVERAGE,
        undecoded=(bad, odd),
        data={"fingerprints": "2026-11-22"},
    )
    return replace(scan, **changes)  # type: ignore[arg-type]


def ordinary() -> ScanResult:
    """What a small site looks like, in no particular order."""
    return result(
        recorder(), camera(), device("10.0.0.11"), device("fd00::5", vendor="axis", confidence={"vendor": 0.6})
    )
