"""The vocabulary: what is a brand, who makes it, and what a malformed file is told."""

from pathlib import Path

import pytest

from camscan.datafile import default_directory
from camscan.errors import KnowledgeError
from camscan.identify.vocabulary import Vocabulary, load_vocabulary

SMALL = """
date = 2026-01-01
source = "a document"
maker = [{ id = "acme", name = "Acme", country = "CN", aliases = ["Acme Technology Co., Ltd."] }]
kind = [{ id = "camera", name = "camera" }]
capability = [{ id = "ptz", name = "turns" }]
[[brand]]
id = "road-runner"
name = "Road Runner"
aliases = ["RR"]
makers = ["acme"]
standing = "sourced"
"""


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary(default_directory() / "vendors.toml")


def load(tmp_path: Path, text: str) -> Vocabulary:
    path = tmp_path / "vendors.toml"
    path.write_text(text, encoding="utf-8")
    return load_vocabulary(path)


@pytest.mark.parametrize("text", ["CP PLUS", "CPPLUS", "CP_PLUS", "cp plus", "CP-Plus"])
def test_spelling_does_not_make_another_brand(vocabulary: Vocabulary, text: str) -> None:
    assert vocabulary.brand_id(text) == "cp-plus"


@pytest.mark.parametrize(
    ("text", "brand"),
    [
        ("EZIP", "ez-ip"),
        ("Lechange", "imou"),
        ("LTS", "lt-security"),
        ("Interlogix", "truvision"),
        ("Dahua", "dahua"),
        ("Belkin International Inc.", "belkin"),
        ("AVM Berlin", "avm"),
    ],
)
def test_names_devices_write_are_known(vocabulary: Vocabulary, text: str, brand: str) -> None:
    assert vocabulary.brand_id(text) == brand


@pytest.mark.parametrize(
    "text", ["General", "Private", "OEM", "N/A", "H264", "", "  ", "CP", "Hikvisio", "General Co., Ltd.", "Inc."]
)
def test_what_is_no_brand_stays_none(vocabulary: Vocabulary, text: str) -> None:
    assert vocabulary.brand_id(text) is None
    assert vocabulary.maker_of(text) is None
    assert not vocabulary.is_made_by(text, "dahua")


def test_a_maker_is_known_by_its_full_name(vocabulary: Vocabulary) -> None:
    assert vocabulary.maker_of("ZHEJIANG DAHUA TECHNOLOGY CO.,LTD.") == "dahua"
    assert vocabulary.maker_of("Hangzhou Hikvision Digital Technology Co., Ltd.") == "hikvision"


@pytest.mark.parametrize(
    ("text", "maker"),
    [("Amcrest", "dahua"), ("HiLook", "hikvision"), ("AXIS", "axis"), ("Honeywell", None), ("LTS", None)],
)
def test_a_name_tells_the_maker_only_where_it_has_one(vocabulary: Vocabulary, text: str, maker: str | None) -> None:
    assert vocabulary.maker_of(text) == maker


def test_who_builds_for_a_brand_of_several_makers(vocabulary: Vocabulary) -> None:
    assert vocabulary.is_made_by("Honeywell", "dahua")
    assert vocabulary.is_made_by("ANNKE", "hikvision")
    assert not vocabulary.is_made_by("AXIS", "dahua")


def test_an_unverified_brand_tells_no_maker_whatever_is_believed(vocabulary: Vocabulary) -> None:
    believed = [brand for brand in vocabulary.brands.values() if brand.standing == "unverified" and brand.makers]
    assert len(believed) > 20
    for brand in believed:
        assert brand.sole_maker is None
        assert not any(vocabulary.is_made_by(brand.name, maker) for maker in brand.makers), brand.id


def test_the_brands_of_the_two_makers_are_marked(vocabulary: Vocabulary) -> None:
    sold = [b for b in vocabulary.brands.values() if {"hikvision", "dahua"} & set(b.makers) and b.id not in b.makers]
    assert len([brand for brand in sold if brand.standing == "sourced"]) >= 40
    assert len([brand for brand in sold if brand.standing == "unverified"]) >= 30


@pytest.mark.parametrize(("brand", "maker"), [("hiwatch", "hikvision"), ("amcrest", "dahua"), ("axis", "axis")])
def test_a_brand_of_one_maker_tells_the_maker(vocabulary: Vocabulary, brand: str, maker: str) -> None:
    assert vocabulary.brands[brand].sole_maker == maker


@pytest.mark.parametrize("brand", ["annke", "swann", "honeywell", "gss", "lt-security", "riva", "zosi"])
def test_a_brand_of_several_or_unshown_makers_tells_none(vocabulary: Vocabulary, brand: str) -> None:
    assert vocabulary.brands[brand].sole_maker is None


def test_every_maker_is_a_brand_of_its_own(vocabulary: Vocabulary) -> None:
    assert set(vocabulary.makers) <= set(vocabulary.brands)


def test_an_unverified_brand_says_so_and_says_where_it_stands(vocabulary: Vocabulary) -> None:
    unverified = [brand for brand in vocabulary.brands.values() if brand.standing == "unverified"]
    assert {"riva", "zosi", "w-box"} <= {brand.id for brand in unverified}
    assert all(brand.source and brand.date for brand in unverified)


def test_entries_take_the_source_and_date_of_the_file(tmp_path: Path) -> None:
    small = load(tmp_path, SMALL)
    assert (small.brands["road-runner"].source, small.brands["road-runner"].date) == ("a document", "2026-01-01")
    assert small.brand_id("r.r.") == "road-runner"
    assert small.makers["acme"].country == "CN"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('makers = ["acme"]', 'makers = ["nobody"]', "brand road-runner: no maker nobody"),
        ('makers = ["acme"]', "", "brand road-runner: makers is missing"),
        ('standing = "sourced"', 'standing = "believed"', "brand road-runner: standing is believed"),
        ('aliases = ["RR"]', 'aliases = ["General"]', "brand road-runner: General is no name at all"),
        ('aliases = ["RR"]', 'aliases = ["acme"]', "brand road-runner: acme is acme"),
        ('aliases = ["RR"]', "aliases = [7]", "brand road-runner: aliases holds something that is not a name"),
        ('aliases = ["RR"]', 'colour = "red"', "brand road-runner: unknown key colour"),
        ('id = "road-runner"', 'id = "Road Runner"', "brand Road Runner: id is not lower-case"),
        ('source = "a document"', "", "maker acme: source is missing"),
        ('kind = [{ id = "camera", name = "camera" }]', "kind = [7]", "kind 1: not a table"),
        ('kind = [{ id = "camera", name = "camera" }]', "", "kind is missing"),
        ('{ id = "ptz", name = "turns" }', '{ id = "ptz", name = "a" }, { id = "ptz", name = "b" }', "stands twice"),
    ],
)
def test_a_malformed_file_is_refused_by_name(tmp_path: Path, old: str, new: str, reason: str) -> None:
    assert old in SMALL
    with pytest.raises(KnowledgeError, match=reason) as caught:
        load(tmp_path, SMALL.replace(old, new))
    assert "vendors.toml" in str(caught.value)
