"""The forms in which the inventory is written: each as it stands in a golden file, each held by the rules of whoever
reads it, and each with devices that say hostile things."""

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from markdown_it import MarkdownIt

from camscan.register import Unit
from camscan.report.export import netbox, shape
from camscan.report.export.formats import FORMATS
from camscan.report.export.material import Material
from camscan.report.printable import printable
from tests.export_rig import advisory, camera, hostile, material, ordinary, unit
from tests.report_rig import HOSTILE

GOLDEN = Path(__file__).parent / "golden" / "export"
SYSLOG = re.compile(
    r"<(?P<pri>[1-9]\d{0,2})>1 (?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) - camscan - (?P<id>device|finding|advisory) "
    r'\[camscan@32473(?P<data>(?: [a-zA-Z_]{1,32}="(?:[^"\\\]]|\\["\\\]])*")+)\] (?P<message>[\x20-\x7e]*)'
)
REACHES = [
    *HOSTILE,
    "`code` | cell",
    "``` fence",
    "![x](http://evil.example)",
    "@everyone #1",
    "\\",
    'a]b"c\\',
    " ",
    "]",
]


def written(name: str, what: Material) -> str:
    text = FORMATS[name].render(what)
    return text if isinstance(text, str) else "".join(text)


@pytest.mark.parametrize("name", FORMATS)
def test_every_form_is_as_it_stands_in_its_golden_file(name: str) -> None:
    assert written(name, ordinary()) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_inventory_gives_the_same_bytes(name: str) -> None:
    assert written(name, ordinary()) == written(name, ordinary())


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_inventory_can_be_written(name: str) -> None:
    assert "10.0.0" not in written(name, material())


@pytest.mark.parametrize("name", FORMATS)
def test_no_form_lets_anything_invisible_through(name: str) -> None:
    for text in HOSTILE:
        lines = written(name, material(hostile(text))).split("\n")
        assert all(line.isprintable() for line in lines)


def test_every_form_is_told_of() -> None:
    for one in FORMATS.values():
        assert one.name and one.purpose and one.standard and one.fields


def rows(name: str, what: Material) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written(name, what))))


@pytest.mark.parametrize("name", [name for name in FORMATS if name == "csv" or name.startswith("netbox")])
def test_no_cell_is_a_formula(name: str) -> None:
    for text in HOSTILE:
        for row in rows(name, material(hostile(text))):
            assert not any(cell.startswith(("=", "+", "-", "@", "\uff1d")) for cell in row.values())


def test_every_line_of_json_keeps_to_its_schema() -> None:
    validator = jsonschema.Draft202012Validator(shape.json_schema())
    for what in (ordinary(), *(material(hostile(text)) for text in HOSTILE)):
        lines = written("jsonl", what).splitlines()
        assert len(lines) == len(what.units)
        for line in lines:
            validator.validate(json.loads(line))


def test_cyclonedx_keeps_to_the_schema_of_its_version() -> None:
    for what in (ordinary(), material(), *(material(hostile(text), camera()) for text in REACHES)):
        assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(written("cyclonedx", what)) is None


def test_the_serial_number_of_cyclonedx_is_that_of_what_stands_in_it() -> None:
    def serial(*units: Unit) -> str:
        return str(json.loads(written("cyclonedx", material(*units)))["serialNumber"])

    one = camera()
    other = replace(one, device=replace(one.device, tags=("not written here",)))
    assert serial(one) == serial(other)
    assert serial(one) != serial(camera(firmware="V5.5.0"))


def test_cyclonedx_tells_whom_an_advisory_affects_and_what_its_owner_lives_with() -> None:
    document = json.loads(written("cyclonedx", ordinary()))
    first, second = sorted(document["vulnerabilities"], key=lambda one: "analysis" in one)
    assert [one["id"] for one in (first, second)] == ["CVE-2021-36260"] * 2
    references = {one["bom-ref"] for one in walked(document["components"])}
    assert [first["affects"][0]["ref"], second["affects"][0]["ref"]] == ["aaaa0001-firmware", "aaaa0002-firmware"]
    assert {one["ref"] for entry in (first, second) for one in entry["affects"]} <= references
    assert (second["analysis"]["state"], second["analysis"]["response"]) == ("exploitable", ["will_not_fix"])
    assert second["analysis"]["detail"].startswith("anna, until 2027-")
    assert first["ratings"] == [{"method": "other", "severity": "critical"}]


def test_cyclonedx_names_maker_serial_and_firmware() -> None:
    one = next(c for c in json.loads(written("cyclonedx", ordinary()))["components"] if c["bom-ref"] == "aaaa0001")
    properties = {entry["name"]: entry["value"] for entry in one["properties"]}
    assert (one["type"], one["name"], one["manufacturer"]["name"]) == ("device", "DS-2CD2042WD-I", "Hikvision")
    assert (one["components"][0]["type"], one["components"][0]["version"]) == ("firmware", "V5.4.5")
    assert properties["cdx:device:serialNumber"] == "DS-2CD2042WD-I20160101AAWR123456789"
    assert properties["camscan:finding"] == "telnet-open (high)"


def walked(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for top in components for one in (top, *top.get("components", ()))]


@pytest.mark.parametrize("text", REACHES)
def test_every_line_of_syslog_keeps_to_its_grammar(text: str) -> None:
    lines = written("syslog", material(hostile(text), camera())).splitlines()
    matches = [SYSLOG.fullmatch(line) for line in lines]
    assert len(lines) == 6
    assert all(match and int(match["pri"]) // 8 == 13 for match in matches)
    values = re.findall(r' model="((?:[^"\\\]]|\\["\\\]])*)"', lines[0])
    assert [re.sub(r"\\(.)", r"\1", one) for one in values] == [printable(text)]


def test_what_is_worse_weighs_more_in_syslog_and_what_is_lived_with_nothing() -> None:
    found = [(line.split(">")[0], "ignored=" in line) for line in written("syslog", ordinary()).splitlines()]
    assert found == [
        ("<110", False), ("<106", False), ("<107", False),
        ("<110", False), ("<110", True), ("<107", False),
        ("<110", False),
    ]  # fmt: skip


def tokens(text: str) -> list[Any]:
    """Everything in the text, as a reader with tables and links of its own sees it."""
    found: list[Any] = []
    for token in MarkdownIt("gfm-like", {"linkify": False}).parse(text):
        found += token.children or [token]
    return found


@pytest.mark.parametrize("text", REACHES)
def test_in_markdown_whatever_is_hostile_stays_text(text: str) -> None:
    seen = tokens(written("markdown", material(hostile(text), camera())))
    assert not {one.type for one in seen} & {
        "link_open",
        "image",
        "html_inline",
        "html_block",
        "fence",
        "em_open",
        "s_open",
    }
    assert sum(one.type == "tr_open" for one in seen) == 3
    assert sum(one.type == "td_open" for one in seen) == 16
    assert sum(one.type == "heading_open" for one in seen) == 7
    spans = {one.content for one in seen if one.type == "code_inline"}
    assert printable(text).replace("`", "\\x60").replace("|", "\\x7c") in spans


def test_in_markdown_the_worst_stands_first_and_what_is_lived_with_last() -> None:
    headings = [line for line in written("markdown", ordinary()).splitlines() if line.startswith("#")]
    assert headings == [
        "# Devices of the inventory",
        "## Open", "### `CVE-2021-36260` (critical, exploited)", "### `telnet-open` (high)",
        "## Ignored", "### `CVE-2021-36260` (critical, exploited)",
    ]  # fmt: skip


def test_each_firmware_that_is_fixed_is_named() -> None:
    other = advisory(basis={"fixed_in": "V5.6.0", "kev": True})
    what = material(camera("aaaa0001", advisory()), camera("aaaa0002", other))
    told = "Firmware V5.5.0 or later. Firmware V5.6.0 or later."
    assert told in written("markdown", what)
    assert json.loads(written("cyclonedx", what))["vulnerabilities"][0]["recommendation"] == told


def test_netbox_finds_every_object_in_a_file_before() -> None:
    what = material(*ordinary().units, *(hostile(text) for text in REACHES))
    read = {part: rows("netbox" if part == "devices" else f"netbox-{part}", what) for part in netbox.PARTS}
    types = {(row["manufacturer"], row["model"]) for row in read["device-types"]}
    assert {row["manufacturer"] for row in read["device-types"]} <= {row["name"] for row in read["manufacturers"]}
    for row in read["devices"]:
        assert (row["manufacturer"], row["device_type"]) in types
        assert row["role"] in {role["name"] for role in read["roles"]}
        assert row["site"] in {site["name"] for site in read["sites"]}
    names = {row["name"] for row in read["devices"]}
    for part in ("interfaces", "mac-addresses", "ip-addresses"):
        assert {row["device"] for row in read[part]} <= names


def test_netbox_gets_nothing_that_it_would_refuse() -> None:
    what = material(
        *(hostile(text) for text in REACHES), camera(model="DS 1"), camera(model="DS-1"), camera(model="ds-1")
    )
    for part in netbox.PARTS:
        read = rows("netbox" if part == "devices" else f"netbox-{part}", what)
        slugs = [row["slug"] for row in read if "slug" in row]
        assert len(set(slugs)) == len(slugs)
        assert all(re.fullmatch("[a-z0-9_-]{1,100}", slug) for slug in slugs)
        assert all(len(row.get("serial", "")) <= 50 and len(row.get("description", "")) <= 200 for row in read)
        assert all(
            len(row.get(name, "")) <= 100 for row in read for name in ("name", "model", "device_type", "site", "role")
        )


def test_netbox_gets_the_addresses_of_who_is_there() -> None:
    assert [(row["address"], row["is_primary"]) for row in rows("netbox-ip-addresses", ordinary())] == [
        ("fd00::9/128", "false"), ("10.0.0.9/32", "true"), ("10.0.0.10/32", "true"),
    ]  # fmt: skip


def test_the_primary_address_is_the_last_word_on_a_device() -> None:
    what = material(camera("aaaa0001", address="10.0.0.9", addresses="10.0.0.7 10.0.0.90 10.0.0.9"))
    assert [(row["address"], row["is_primary"]) for row in rows("netbox-ip-addresses", what)] == [
        ("10.0.0.7/32", "false"), ("10.0.0.90/32", "false"), ("10.0.0.9/32", "true"),
    ]  # fmt: skip


def test_a_device_that_tells_nothing_is_written_all_the_same() -> None:
    (row,) = rows("netbox", material(unit("aaaa0003")))
    assert (row["device_type"], row["manufacturer"], row["role"], row["site"]) == ("Unknown",) * 4
    assert "aaaa0003" in written("cyclonedx", material(unit("aaaa0003")))
