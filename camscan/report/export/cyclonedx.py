"""CycloneDX 1.6, JSON: each device a component of type `device` with its firmware inside, each advisory a vulnerability
that names whom it affects (https://cyclonedx.org/docs/1.6/json/).

Serial and MAC are the properties that CycloneDX's taxonomy has for them (`cdx:device:…`), the rest are camscan's. An
advisory that its owner lives with is told apart, as `exploitable` and `will_not_fix` with who, why and until when: that
it is ignored does not make it any less true. What is exposed is no vulnerability of a product: it is a property.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from cyclonedx.model import Property, XsUri
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.bom_ref import BomRef
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.contact import OrganizationalEntity
from cyclonedx.model.dependency import Dependable, Dependency
from cyclonedx.model.impact_analysis import (
    ImpactAnalysisAffectedStatus,
    ImpactAnalysisResponse,
    ImpactAnalysisState,
)
from cyclonedx.model.tool import ToolRepository
from cyclonedx.model.vulnerability import (
    BomTarget,
    BomTargetVersionRange,
    Vulnerability,
    VulnerabilityAnalysis,
    VulnerabilityRating,
    VulnerabilityScoreSource,
    VulnerabilitySeverity,
    VulnerabilitySource,
)
from cyclonedx.output.json import JsonV1Dot6

from camscan.model import Ignored
from camscan.register import Standing, Unit
from camscan.report.document import SOURCE_LIMIT, moment
from camscan.report.export.material import Material, members, value
from camscan.report.printable import printable
from camscan.report.standing import Case, reasons, remedies

NAMESPACE = uuid.UUID("5f9cbd9e-4c60-5d3a-9d0a-0f2c3f6c1f4e")  # of our own, for serial numbers made from the content
_UNNUMBERED = uuid.UUID(int=0)  # until the rest of the document is known
DETAIL_LIMIT = 2000  # characters; the reasons differ from model to model
NVD = "https://nvd.nist.gov/vuln/detail/"

_KEPT = ("brand", "build", "uuid", "kind", "address", "site")


def as_cyclonedx(material: Material) -> str:
    """The whole document. Its serial number is made from what stands in it: the same inventory, the same bytes."""
    components = [_device(unit, material) for unit in material.units]
    document = Bom(
        serial_number=_UNNUMBERED,
        components=components,
        vulnerabilities=list(_vulnerabilities(material.units)),
        metadata=_metadata(material),
    )
    _register_at_once(document)
    return _numbered(JsonV1Dot6(document).output_as_string(indent=2))


def _numbered(text: str) -> str:
    """The document with its serial number, made from all the rest of it. No text of a device has a line of its own."""
    return text.replace(_serial_line(_UNNUMBERED), _serial_line(uuid.uuid5(NAMESPACE, text)), 1)


def _serial_line(serial: uuid.UUID) -> str:
    return f'\n  "serialNumber": "{serial.urn}"'


def _register_at_once(document: Bom) -> None:
    """The library gives each component a row in the graph of dependencies, and goes through all rows for each to see
    whether it has one: half of the time with 5,000 devices. Here nothing depends on anything, and a set tells."""
    known: set[BomRef] = set()

    def register(target: Dependable, depends_on: Iterable[Dependable] | None = None) -> None:
        if target.bom_ref not in known:
            known.add(target.bom_ref)
            document.dependencies.add(Dependency(ref=target.bom_ref))

    document.register_dependency = register  # type: ignore[method-assign]


def _metadata(material: Material) -> BomMetaData:
    tool = Component(type=ComponentType.APPLICATION, name="camscan", version=material.tool_version, bom_ref="camscan")
    return BomMetaData(
        timestamp=datetime.fromtimestamp(int(material.time or 0), UTC),
        tools=ToolRepository(components=[tool]),
        properties=[
            Property(name=f"camscan:data:{printable(name)}", value=printable(date))
            for name, date in material.data.items()
        ]
        + ([Property(name="camscan:redacted", value="true")] if material.masked else []),
    )


def _device(unit: Unit, material: Material) -> Component:
    vendor, model = value(unit, "vendor"), value(unit, "model")
    return Component(
        type=ComponentType.DEVICE,
        name=model or "unknown device",
        manufacturer=None if vendor is None else OrganizationalEntity(name=material.name(vendor)),
        bom_ref=unit.device.id,
        components=list(_firmware(unit)),
        properties=list(_properties(unit)),
    )


def _firmware(unit: Unit) -> Iterator[Component]:
    version = value(unit, "firmware")
    if version is not None:
        name = f"firmware of {value(unit, 'model') or 'unknown device'}"
        yield Component(type=ComponentType.FIRMWARE, name=name, version=version, bom_ref=f"{unit.device.id}-firmware")


def _properties(unit: Unit) -> Iterator[Property]:
    told: list[tuple[str, str | None]] = [
        ("cdx:device:serialNumber", value(unit, "serial")),
        ("cdx:device:macAddress", value(unit, "mac")),
        *((f"camscan:{name}", value(unit, name)) for name in _KEPT),
        *((f"camscan:{name}", text) for name in ("addresses", "services") for text in members(unit, name)),
        ("camscan:first_seen", moment(unit.device.first_seen)),
        ("camscan:last_seen", moment(unit.device.last_seen)),
        ("camscan:gone", moment(unit.device.gone)),
        *(_exposed(one) for one in unit.standing if one.kind == "finding"),
    ]
    return (Property(name=name, value=text) for name, text in told if text is not None)


def _exposed(one: Standing) -> tuple[str, str]:
    return "camscan:ignored" if one.ignored else "camscan:finding", f"{printable(one.id)} ({one.severity or 'unknown'})"


def _vulnerabilities(units: Iterable[Unit]) -> Iterator[Vulnerability]:
    """Those of one id are one, as far as the same is decided of them."""
    found: dict[tuple[str, Ignored | None], list[Case]] = defaultdict(list)
    for unit in units:
        for one in unit.standing:
            if one.kind == "advisory":
                found[one.id, one.ignored].append((unit, one))
    numbers: dict[str, int] = defaultdict(int)
    for (name, ignored), cases in found.items():
        numbers[name] += 1
        yield _vulnerability(name, ignored, cases, f"{printable(name)}-{numbers[name]}")


def _vulnerability(name: str, ignored: Ignored | None, cases: Sequence[Case], reference: str) -> Vulnerability:
    one = cases[0][1]
    source = VulnerabilitySource(name="NVD", url=XsUri(NVD + name)) if name.startswith("CVE-") else None
    return Vulnerability(
        bom_ref=reference,
        id=printable(name),
        source=source,
        ratings=list(_ratings(one)),
        recommendation=remedies(case for _, case in cases),
        detail="; ".join(dict.fromkeys(reason for _, case in cases for reason in reasons(case)))[:DETAIL_LIMIT] or None,
        analysis=None if ignored is None else _analysis(ignored),
        affects=[_target(unit) for unit, _ in cases],
        properties=[Property(name="camscan:exploited", value="true")] if one.exploited else [],
    )


def _ratings(one: Standing) -> Iterator[VulnerabilityRating]:
    if one.severity in {severity.value for severity in VulnerabilitySeverity}:
        yield VulnerabilityRating(severity=VulnerabilitySeverity(one.severity), method=VulnerabilityScoreSource.OTHER)


def _analysis(ignored: Ignored) -> VulnerabilityAnalysis:
    until = moment(ignored.until)
    told = f"{printable(ignored.who)}{f', until {until}' if until else ''}: {printable(ignored.reason, SOURCE_LIMIT)}"
    return VulnerabilityAnalysis(
        state=ImpactAnalysisState.EXPLOITABLE, responses=[ImpactAnalysisResponse.WILL_NOT_FIX], detail=told
    )


def _target(unit: Unit) -> BomTarget:
    """The firmware where it is known, else the device."""
    version = value(unit, "firmware")
    if version is None:
        return BomTarget(ref=unit.device.id)
    affected = BomTargetVersionRange(version=version, status=ImpactAnalysisAffectedStatus.AFFECTED)
    return BomTarget(ref=f"{unit.device.id}-firmware", versions=[affected])
