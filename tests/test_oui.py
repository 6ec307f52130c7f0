"""MAC prefixes: the longest block decides, a namesake decides nothing, and nobody's MAC is nobody's."""

from pathlib import Path

import pytest

from camscan.datafile import default_directory
from camscan.errors import KnowledgeError
from camscan.identify.fuse import NAMED
from camscan.identify.oui import OuiTable, load_oui, normal_mac
from camscan.identify.vocabulary import load_vocabulary

BLOCK = """
date = 2026-01-01
source = "a registry"
[[block]]
registrant = "Acme"
vendor = "acme"
prefixes = ["AC0000"]
"""


@pytest.fixture(scope="module")
def table() -> OuiTable:
    return load_oui(default_directory() / "oui.toml")


def load(tmp_path: Path, text: str) -> OuiTable:
    path = tmp_path / "oui.toml"
    path.write_text(text, encoding="utf-8")
    return load_oui(path)


@pytest.mark.parametrize(
    ("mac", "claims"),
    [
        ("c0-56-e3-00-11-22", (("vendor", "hikvision", 0.39),)),
        ("9C:14:63:00:11:22", (("vendor", "dahua", 0.39),)),
        ("94ec.1300.1122", (("vendor", "hikvision", 0.3), ("brand", "ezviz", 0.35))),
        ("9c8ecd001122", (("brand", "amcrest", 0.35),)),
        ("B0:B3:53:60:00:01", (("vendor", "hikrobot", 0.39),)),
        ("00:18:ae:00:11:22", (("vendor", "tvt", 0.39),)),
    ],
)
def test_a_registrant_is_a_hint_to_maker_or_brand(table: OuiTable, mac: str, claims: tuple[object, ...]) -> None:
    assert table.oui_claims(mac) == claims


def test_no_prefix_names_anybody_by_itself(table: OuiTable) -> None:
    assert max(sure for entry in table.entries.values() for _, _, sure in entry.claims) < NAMED


@pytest.mark.parametrize("mac", ["40:2c:76:10:00:01", "98:62:97:00:00:01", "cc:1b:e0:60:00:01", "28:f3:66:00:00:01"])
def test_namesakes_and_radio_modules_claim_nothing(table: OuiTable, mac: str) -> None:
    assert table.lookup(mac) is not None
    assert table.oui_claims(mac) == ()


def test_a_small_block_speaks_for_itself_only(table: OuiTable) -> None:
    inside, outside = table.lookup("34:46:63:2f:ff:ff"), table.lookup("34:46:63:30:00:00")
    assert inside is not None
    assert (inside.prefix, outside) == ("3446632", None)


def test_the_longest_block_decides(tmp_path: Path) -> None:
    text = BLOCK + '[[block]]\nregistrant = "Namesake"\nprefixes = ["AC00005"]\n'
    small = load(tmp_path, text)
    assert small.oui_claims("ac:00:00:4f:00:00") == (("vendor", "acme", 0.39),)
    assert small.oui_claims("ac:00:00:50:00:00") == ()


def test_a_36_bit_block_is_longer_still(table: OuiTable) -> None:
    assert table.oui_claims("40:d8:55:02:21:11") == (("brand", "lorex", 0.35),)
    assert table.oui_claims("40:d8:55:02:31:11") == ()


@pytest.mark.parametrize(
    "mac",
    [
        "c2:56:e3:00:11:22",  # locally administered
        "01:00:5e:7f:ff:fa",  # group
        "ff:ff:ff:ff:ff:ff",
        "00:00:00:00:00:00",
        "c0:56:e3:00:11",
        "c0:56:e3:00:11:2g",
        "",
        "c0:56:e3:00:11:22:33",
    ],
)
def test_what_is_nobody_s_is_none(table: OuiTable, mac: str) -> None:
    assert table.lookup(mac) is None
    assert table.oui_claims(mac) == ()


def test_a_mac_has_one_normal_form() -> None:
    assert normal_mac(" C0-56-E3-00-11-22 ") == "c0:56:e3:00:11:22"
    assert normal_mac("c056.e300.1122") == "c0:56:e3:00:11:22"
    assert normal_mac("not a mac") is None
    assert normal_mac("c0:56:e3:00:11:2\u0663") is None


def test_every_value_stands_in_the_vocabulary(table: OuiTable) -> None:
    vocabulary = load_vocabulary(default_directory() / "vendors.toml")
    assert {e.vendor for e in table.entries.values() if e.vendor} <= set(vocabulary.makers)
    assert {e.brand for e in table.entries.values() if e.brand} <= set(vocabulary.brands)


def test_maker_and_brand_are_only_said_together_within_a_group(table: OuiTable) -> None:
    both = [entry for entry in table.entries.values() if entry.vendor and entry.brand]
    assert {entry.brand for entry in both} == {"ezviz", "prama", "imou"}
    assert all(entry.affiliate for entry in both)


def test_the_table_knows_its_source(table: OuiTable) -> None:
    assert "nmap-mac-prefixes" in table.source
    assert table.date
    assert all(entry.source and entry.date for entry in table.entries.values())


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"AC0000"', '"ac0000"', "ac0000 is not 6, 7 or 9 upper-case hex digits"),
        ('"AC0000"', '"AC000000"', "AC000000 is not 6"),
        ('"AC0000"', "7", "7 is not 6"),
        ('"AC0000"', '"AC0000", "AC0000"', "AC0000 is also that of Acme"),
        ('vendor = "acme"', 'vendor = "acme"\nbrand = "road-runner"', "states neither affiliate nor brand"),
        ('vendor = "acme"', "vendor = 7", "block Acme: vendor is int"),
        ('vendor = "acme"', 'colour = "red"', "block Acme: unknown key colour"),
        ('prefixes = ["AC0000"]', "", "block Acme: prefixes is missing"),
        ('source = "a registry"', "", "source is missing"),
        (BLOCK.strip(), "block = [7]", "block 1: not a table"),
    ],
)
def test_a_malformed_file_is_refused_by_name(tmp_path: Path, old: str, new: str, reason: str) -> None:
    assert old in BLOCK
    with pytest.raises(KnowledgeError, match=reason) as caught:
        load(tmp_path, BLOCK.replace(old, new))
    assert "oui.toml" in str(caught.value)
