"""The forms in which the inventory can be written, each with what it is for. This is the one list of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from camscan.report.devices import COLUMNS, as_devices_csv
from camscan.report.export import markdown, netbox
from camscan.report.export.markdown import as_markdown
from camscan.report.export.material import Material
from camscan.report.export.record import as_export_lines
from camscan.report.export.syslog import as_syslog

Text = str | Iterable[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFormat:
    """One form: what it is for, the standard it keeps to and its version, what is written, and by what."""

    name: str
    purpose: str
    standard: str
    fields: tuple[str, ...]
    render: Callable[[Material], Text]


def _cyclonedx(material: Material) -> Text:
    """The library is an extra, and takes half a second to load: only who wants it has to have it."""
    from camscan.report.export.cyclonedx import as_cyclonedx

    return as_cyclonedx(material)


_PLAIN = (
    ExportFormat(
        name="csv",
        purpose="spreadsheets; no cell starts a formula",
        standard="RFC 4180, UTF-8",
        fields=COLUMNS,
        render=lambda material: as_devices_csv((unit.device for unit in material.units), COLUMNS),
    ),
    ExportFormat(
        name="jsonl",
        purpose="scripts; one device a line with what stands on it",
        standard="JSON Lines; camscan.export/1 (`camscan schema export`)",
        fields=("devices as `camscan devices --format jsonl`", "standing[]"),
        render=as_export_lines,
    ),
    ExportFormat(
        name="cyclonedx",
        purpose="SBOM and vulnerability tools; needs pip install 'camscan[cyclonedx]'",
        standard="CycloneDX 1.6, JSON",
        fields=("components[] (device)", "components[].components[] (firmware)", "properties[]", "vulnerabilities[]"),
        render=_cyclonedx,
    ),
    ExportFormat(
        name="syslog",
        purpose="a SIEM; one line for each device and each thing that stands on it",
        standard="RFC 5424",
        fields=("MSGID device, finding or advisory", "structured data camscan@32473", "message"),
        render=as_syslog,
    ),
    ExportFormat(
        name="markdown",
        purpose="a ticket or a wiki; a table, and what stands, the worst first",
        standard="CommonMark 0.31 with GitHub's tables",
        fields=markdown.COLUMNS,
        render=as_markdown,
    ),
)
_NETBOX = tuple(
    ExportFormat(
        name="netbox" if part == "devices" else f"netbox-{part}",
        purpose=f"NetBox's import of {part.replace('-', ' ')}, file {number} of {len(netbox.PARTS)} in this order",
        standard="NetBox 4.2 or later, CSV import",
        fields=columns,
        render=netbox.RENDERERS[part],
    )
    for number, (part, columns) in enumerate(netbox.PARTS.items(), 1)
)

FORMATS: Mapping[str, ExportFormat] = {one.name: one for one in (*_PLAIN, *_NETBOX)}


def as_format_list() -> str:
    """Every form with its purpose, standard and fields."""
    return "\n".join(_described(one) for one in FORMATS.values())


def _described(one: ExportFormat) -> str:
    return f"{one.name}\n    for: {one.purpose}\n    standard: {one.standard}\n    fields: {', '.join(one.fields)}\n"
