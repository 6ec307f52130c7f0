"""The owner's list: whatever a spreadsheet made of it, every line is either an entry or refused with its number."""

import codecs
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camscan.errors import UsageError
from camscan.identify.correlate import is_placeholder
from camscan.intake import csv_text
from camscan.intake.owner_columns import parse_mapping
from camscan.intake.owner_list import parse_list
from camscan.reconciliation import OwnerList


def read(data: bytes | str, mapped: Mapping[str, str] | None = None) -> OwnerList:
    return parse_list("list.csv", data.encode() if isinstance(data, str) else data, mapped or {}, is_placeholder)


DANISH = "Navn;IP-adresse;Serienr.;Sted\nÆblehaven;10.0.0.5;DS1234567;Skole\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (DANISH.encode(), "UTF-8"),
        (codecs.BOM_UTF8 + DANISH.encode(), "UTF-8"),
        (DANISH.encode("cp1252"), "Windows-1252"),
        (DANISH.encode("utf-16"), "UTF-16"),
        (DANISH.replace("\n", "\r\n").encode(), "UTF-8"),
        (DANISH.replace(";", ",").encode(), "UTF-8"),
        (DANISH.replace(";", "\t").encode(), "UTF-8"),
    ],
)
def test_encoding_and_separator_are_seen(data: bytes, encoding: str) -> None:
    found = read(data)
    (entry,) = found.entries
    assert (entry.line, entry.name, entry.address, entry.serial, entry.site) == (
        2, "Æblehaven", "10.0.0.5", "DS1234567", "Skole",
    )  # fmt: skip
    assert (found.encoding, found.remarks) == (encoding, ())


def test_excel_says_itself_what_separates() -> None:
    (entry,) = read("sep=;\r\nIP;Name, long\r\n10.0.0.5;x\r\n").entries
    assert (entry.line, entry.address) == (3, "10.0.0.5")


@pytest.mark.parametrize(
    ("head", "meaning"),
    [
        ("IP Address", "address"), ("ip", "address"), ("Netzwerkadresse", "address"), ("S/N", "serial"),
        ("Serial No.", "serial"), ("Seriennummer", "serial"), ("Serienr.", "serial"), ("MAC-Adresse", "mac"),
    ],
)  # fmt: skip
def test_a_column_is_known_by_its_name(head: str, meaning: str) -> None:
    assert read(f"{head},Colour\n10.0.0.5,red\n").columns == {meaning: head}


def test_what_is_not_used_is_told() -> None:
    found = read(
        "Asset Tag,IP,Manufacturer,Brand,Model,Firmware,Building,Room,Type,IP address\n1,10.0.0.5,Hik,,,,,,x,y\n"
    )
    assert found.columns == {
        "tag": "Asset Tag", "address": "IP", "vendor": "Manufacturer", "brand": "Brand", "model": "Model",
        "firmware": "Firmware", "building": "Building", "room": "Room",
    }  # fmt: skip
    assert found.unused == ("Type", "IP address")


def test_the_user_has_the_last_word_on_a_column() -> None:
    mapped = parse_mapping(["address=Where it is", "site=skole"])
    found = read("IP,Where it is,SKOLE\n10.0.0.1,10.0.0.2,Nord\n", mapped)
    assert (found.entries[0].address, found.entries[0].site, found.unused) == ("10.0.0.2", "Nord", ("IP",))


@pytest.mark.parametrize(
    ("cell", "address"),
    [
        ("10.0.0.5", "10.0.0.5"), (" 10.0.0.5 ", "10.0.0.5"), ("10.0.0.5/24", "10.0.0.5"), ("10.0.0.5:80", "10.0.0.5"),
        ("http://10.0.0.5/doc/page", "10.0.0.5"), ("010.000.000.005", "10.0.0.5"), ("FD00::5", "fd00::5"),
        ("[fd00::5]", "fd00::5"), ("::ffff:10.0.0.5", "10.0.0.5"),
    ],
)  # fmt: skip
def test_an_address_with_what_surrounds_it(cell: str, address: str) -> None:
    assert read(f"ip;mac\n{cell};\n").entries[0].address == address


@pytest.mark.parametrize("mac", ["44:19:B6:00:00:01", "44-19-b6-00-00-01", "4419.b600.0001", "4419B6000001"])
def test_a_mac_in_any_notation(mac: str) -> None:
    assert read(f"mac\n{mac}\n").entries[0].mac == "44:19:b6:00:00:01"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("300.1.1.1,,", "address 300.1.1.1 is no IP address"),
        ("cam-1.example,,", "address cam-1.example is no IP address"),
        ("239.1.1.1,,", "address 239.1.1.1 is no address of a device"),
        (",,Kitchen", "neither an address nor a serial nor a MAC"),
        ("DHCP,-,Kitchen", "neither an address nor a serial nor a MAC"),
        (",000000000,x", "serial 000000000 is one that many devices carry"),
        (",4.5E+08,x", "serial 4.5E+08 is a number that a spreadsheet has rounded, and no serial any more"),
        ('"10.0.0.5"x,,', "a quote inside of quotes must stand twice"),
        ('"10.0.0.5,,', "a quote that is never closed"),
    ],
)
def test_a_line_that_is_no_entry_is_refused_with_its_number(line: str, reason: str) -> None:
    found = read(f"ip,serial,name\n10.0.0.1,,first\n\n{line}")
    assert [entry.line for entry in found.entries] == [2]
    assert [(one.line, one.reason, one.refused) for one in found.remarks] == [(4, reason, True)]
    assert found.refused == 1


def test_a_bad_cell_costs_itself_where_another_tells_the_device() -> None:
    found = read("ip,serial\nnowhere,DS1234567\n")
    assert (found.entries[0].address, found.entries[0].serial, found.refused) == (None, "DS1234567", 0)
    assert found.remarks[0].reason == "address nowhere is no IP address"


def test_a_quoted_cell_may_have_several_lines() -> None:
    found = read('ip,name\n10.0.0.5,"Door\nleft"\n10.0.0.6,next\n')
    assert [(entry.line, entry.name) for entry in found.entries] == [(2, "Door left"), (4, "next")]


def test_an_open_quote_counts_all_lines_that_it_takes() -> None:
    found = read('ip,name\n10.0.0.5,"open\n10.0.0.6,a\n10.0.0.7,b\n')
    assert (found.entries, found.refused) == ((), 3)


def test_what_camscan_writes_can_be_read_again() -> None:
    found = read("id,vendor,model,serial,mac,address,site\na,hikvision,'=X,DS1234567,,10.0.0.5,'-Nord\n")
    (entry,) = found.entries
    assert (entry.model, entry.site, entry.vendor) == ("=X", "-Nord", "hikvision")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "list.csv: empty"),
        (b"\n\n", "list.csv: empty"),
        (b"ip\n", "list.csv: a head, and no line below it"),
        (b"Colour,Size\nred,1\n", "list.csv: no column of addresses, serials or MACs is known among Colour, Size"),
        (b"PK\x03\x04\x00", "list.csv: no text; a workbook must be saved as CSV first"),
        (b"ip\n\0\n", "list.csv: no text; a workbook must be saved as CSV first"),
    ],
)
def test_what_is_no_list_is_refused_in_one_line(data: bytes, reason: str) -> None:
    with pytest.raises(UsageError) as error:
        read(data)
    assert str(error.value).startswith(reason)


def test_a_list_has_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(f"ip,name\n10.0.0.5,{'x' * (csv_text.CELL_LIMIT + 1)}\n10.0.0.6{',' * csv_text.CELLS_LIMIT}\n")
    assert [one.reason for one in found.remarks] == ["a cell of more than 10,000 characters", "more than 500 cells"]
    monkeypatch.setattr(csv_text, "RECORD_LIMIT", 2)
    with pytest.raises(UsageError, match="more than 2 lines"):
        read("ip\n10.0.0.1\n10.0.0.2\n10.0.0.3\n")
    monkeypatch.setattr(csv_text, "SIZE_LIMIT", 3)
    with pytest.raises(UsageError, match="more than 0 MB"):
        read("ip\n10.0.0.1\n")


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("address", "no MEANING=COLUMN"),
        ("address=", "no MEANING=COLUMN"),
        ("colour=Farve", "no meaning colour; there are serial, mac, address"),
    ],
)
def test_a_mapping_that_means_nothing_is_refused(word: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        parse_mapping([word])


def test_a_mapping_names_a_column_that_is_there() -> None:
    with pytest.raises(UsageError, match=r"list.csv has no column Adresse; there are ip, name"):
        read("ip,name\n10.0.0.5,x\n", {"address": "Adresse"})
    with pytest.raises(UsageError, match="address is said twice"):
        parse_mapping(["address=a", "address=b"])


@given(st.binary(max_size=400))
def test_whatever_the_bytes_are_every_line_is_an_entry_or_refused(data: bytes) -> None:
    try:
        found = read(b"ip,serial,mac,name\n" + data)
    except UsageError:
        return
    lines = [entry.line for entry in found.entries] + [one.line for one in found.remarks if one.refused]
    assert len(lines) == len(set(lines))
    assert lines
