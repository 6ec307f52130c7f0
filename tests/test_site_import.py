"""A site file out of a table or of NetBox's prefixes: what is taken, and that nothing is lost in silence."""

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camscan.assess import site_file
from camscan.assess.site import OWNERS, Site
from camscan.intake import site_rows
from camscan.intake.netbox_prefixes import is_netbox_csv
from camscan.report.site_file import as_site_file
from tests.cli_rig import Ended, run
from tests.policy_rig import shipped

TABLE = """\
Borough;Site;Building;Room;CIDR;Owner;Sensitive;Remove by;Contact;Floor plan
Centre;Town hall;;;10.20.0.0/16;municipal;no;2027-06-30;Ada;hall.pdf
Centre;Town hall;East;;10.20.7.0/24, 10.20.8.0/24;;yes;;;
Harbour;Depot;;;10.30.0.1/24;;;;;
Harbour;Depot;;;10.30.0.0/24;king;maybe;soon;;
;;;;10.40.0.0/24;;;;;
Centre;School;;;10.20.7.0/24;;;;;
North;Town hall;;;10.21.0.0/24;;;;;
Centre;Library;;4;10.50.0.0/24;;;;;
Centre;Museum;;;;;;;;
"""

EXPORTED = """\
Prefix,Status,Children,VRF,Utilization,Tenant,Site,VLAN,Role,Description
10.0.0.0/8,Container,12,,10%,,,,,all of it
10.1.0.0/16,Container,3,,10%,,Town hall,,,
10.1.5.0/24,Active,0,,10%,Estates,Town hall,CCTV (120),Cameras,"west, ground floor"
10.1.6.0/24,Reserved,0,,0%,,Town hall,,,
10.2.0.0/24,Active,0,,0%,,,,,
"""


def prefix(network: str, status: str = "active", **changes: Any) -> dict[str, Any]:
    """A prefix as the API of NetBox 4.2 and later gives it."""
    usual = {
        "id": 1, "url": "https://netbox.example/api/ipam/prefixes/1/", "display": network,
        "family": {"value": 4, "label": "IPv4"}, "prefix": network, "vrf": None,
        "scope_type": "dcim.site", "scope_id": 3,
        "scope": {"id": 3, "display": "Town hall", "name": "Town hall", "slug": "town-hall"}, "tenant": None,
        "vlan": None, "status": {"value": status, "label": status.title()}, "role": None, "is_pool": False,
        "description": "", "tags": [], "custom_fields": {"borough": "Centre"}, "children": 0, "_depth": 0,
    }  # fmt: skip
    return usual | changes


ANSWER = {
    "count": 7, "next": "https://netbox.example/api/ipam/prefixes/?offset=6", "previous": None,
    "results": [
        prefix("10.1.0.0/16", "container"),
        prefix("10.1.5.0/24", role={"id": 1, "name": "Cameras"}, vlan={"id": 9, "vid": 120, "name": "CCTV"}),
        prefix("10.3.0.0/24", scope_type="dcim.region", scope={"id": 1, "name": "North"}),
        prefix("10.4.0.0/24", "deprecated"),
        prefix("10.5.0.0/24", scope_type=None, scope=None, site={"id": 4, "name": "Depot", "slug": "depot"}),
        prefix("fd00:5::/64", scope_type=None, scope=None, site={"id": 4, "name": "Depot", "slug": "depot"}),
    ],
}  # fmt: skip


def imported(folder: Path, text: str, *options: str) -> tuple[Ended, list[dict[str, Any]]]:
    source, made = folder / "source", folder / "sites.toml"
    source.write_text(text, encoding="utf-8")
    ended = run("sites", "import", str(source), "--output", str(made), *options)
    return ended, tomllib.loads(made.read_text(encoding="utf-8"))["site"] if made.exists() else []


def told(ended: Ended) -> list[str]:
    return [line.split("source: ", 1)[1] for line in ended.err.splitlines()]


def test_a_table_becomes_a_site_file(tmp_path: Path) -> None:
    ended, tables = imported(tmp_path, TABLE)
    assert (ended.code, ended.out) == (0, "")
    assert tables == [
        {
            "name": "Town hall", "district": "Centre", "networks": ["10.20.0.0/16", "10.21.0.0/24"],
            "owner": "municipal",
            "contact": "Ada", "sensitive": False, "remove_by": date(2027, 6, 30),
        },
        {
            "name": "Town hall", "district": "Centre", "building": "East", "networks": ["10.20.7.0/24", "10.20.8.0/24"],
            "sensitive": True,
        },
        {"name": "Depot", "district": "Harbour", "networks": ["10.30.0.0/24"]},
    ]  # fmt: skip
    hall, east, depot = site_file.load_sites(tmp_path / "sites.toml", shipped())
    assert (east.remove_by, east.spot, depot.district) == (hall.remove_by, ("Town hall", "East", None), "Harbour")


def test_what_does_not_fit_is_told_row_by_row(tmp_path: Path) -> None:
    ended, _ = imported(tmp_path, TABLE)
    assert told(ended) == [
        "line 1: columns of no use here: Floor plan; left out",
        "line 4: 10.30.0.1/24 has host bits set; left out",
        "line 5: owner is king, none of federal, state, municipal, private; left out",
        "line 5: sensitive is maybe, neither yes nor no; left out",
        "line 5: remove_by is soon, no date such as 2027-06-30; left out",
        "line 6: no site in it; left out",
        "line 7: network 10.20.7.0/24 is at Town hall / East, as line 3 says; left out",
        "line 8: district is North, and Centre before; left out",
        "line 9: room 4 is in no building; left out",
        "line 10: no network in it; left out",
        "5 networks at 2 sites; left out: 10",
    ]


def test_columns_are_named_where_their_titles_say_nothing(tmp_path: Path) -> None:
    text = "Standort\tNetz\nRathaus\t10.0.0.0/24\n"
    ended, _ = imported(tmp_path, text)
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "no column of networks among Standort, Netz; --map networks=COLUMN names it" in ended.err
    _, tables = imported(tmp_path, text, "--map", "networks=netz", "--map", "name=Standort")
    assert tables == [{"name": "Rathaus", "networks": ["10.0.0.0/24"]}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize(("head", "separator"), [("", ","), ("", ";"), ("", "\t"), ("", "|"), ("sep=;\r\n", ";")])
def test_encoding_and_separator_are_seen(tmp_path: Path, encoding: str, head: str, separator: str) -> None:
    source, made = tmp_path / "source", tmp_path / "sites.toml"
    rows = separator.join(("Site", "Network", "Room, or none")), separator.join(("Rådhus", "10.0.0.0/24", ""))
    source.write_bytes((head + "\r\n".join(rows)).replace("Room, or none", '"Room, or none"').encode(encoding))
    assert run("sites", "import", str(source), "--output", str(made)).code == 0
    (site,) = tomllib.loads(made.read_text(encoding="utf-8"))["site"]
    assert site == {"name": "Rådhus", "networks": ["10.0.0.0/24"]}


def test_a_row_that_cannot_be_read_costs_itself_alone(tmp_path: Path) -> None:
    ended, tables = imported(tmp_path, 'site,network\n"Hall"x,10.0.0.0/24\nDepot,10.1.0.0/24\n')
    assert (ended.code, [one["name"] for one in tables]) == (0, ["Depot"])
    assert told(ended)[0] == "line 2: a quote inside of quotes must stand twice; left out"


def test_an_exported_list_of_netbox_is_known_by_its_header(tmp_path: Path) -> None:
    ended, tables = imported(tmp_path, EXPORTED)
    assert tables == [{"name": "Town hall", "networks": ["10.1.0.0/16", "10.1.5.0/24"]}]
    note = "# role Cameras, vlan CCTV (120), tenant Estates, description west, ground floor"
    assert note in (tmp_path / "sites.toml").read_text(encoding="utf-8")
    assert told(ended)[:3] == [
        "line 2: 10.0.0.0/8 is a container of no site; left out",
        "line 5: 10.1.6.0/24 is reserved; left out",
        "line 6: 10.2.0.0/24 is a prefix of no site; left out",
    ]
    _, tables = imported(tmp_path, EXPORTED, "--map", "authority=Tenant", "--overwrite")
    assert tables[0]["authority"] == "Estates"


def test_a_list_that_netbox_imports_is_known_too(tmp_path: Path) -> None:
    rows = (",10.4.0.0/16,active,dcim.site,Depot", ",10.5.0.0/16,active,dcim.region,N", "")
    text = "\n".join(("vrf,prefix,status,scope_type,scope_name", *rows))
    ended, tables = imported(tmp_path, text)
    assert tables == [{"name": "Depot", "networks": ["10.4.0.0/16"]}]
    assert told(ended)[0] == "line 3: 10.5.0.0/16 is a prefix of the region N, and not of a site; left out"


@pytest.mark.parametrize("text", [json.dumps(ANSWER), json.dumps(ANSWER["results"])])
def test_an_answer_of_the_api_of_netbox(tmp_path: Path, text: str) -> None:
    ended, tables = imported(tmp_path, text, "--map", "district=borough")
    assert tables == [
        {"name": "Town hall", "district": "Centre", "networks": ["10.1.0.0/16", "10.1.5.0/24"]},
        {"name": "Depot", "district": "Centre", "networks": ["10.5.0.0/24", "fd00:5::/64"]},
    ]
    lines = told(ended)
    assert lines[0].endswith("[2]: 10.3.0.0/24 is a prefix of the region North, and not of a site; left out")
    assert lines[1].endswith("[3]: 10.4.0.0/24 is deprecated; left out")
    assert ("this is one page of 7" in ended.err) == text.startswith("{")


def test_a_field_that_no_prefix_has_is_told(tmp_path: Path) -> None:
    ended, _ = imported(tmp_path, json.dumps([prefix("10.1.0.0/16")]), "--map", "district=ward")
    assert told(ended)[0] == "--map district=ward: no prefix has such a field; left out"


def test_a_file_that_is_there_is_not_written_over_unless_that_is_said(tmp_path: Path) -> None:
    made = tmp_path / "sites.toml"
    made.write_text("mine", encoding="utf-8")
    source = tmp_path / "source"
    source.write_text("site,network\nHall,10.0.0.0/24\n", encoding="utf-8")
    ended = run("sites", "import", str(source), "--output", str(made))
    assert (ended.code, made.read_text(encoding="utf-8")) == (2, "mine")
    assert ended.err == f"camscan: --output {made}: it is there already; --overwrite writes over it\n"
    assert run("sites", "import", str(source), "--output", str(made), "--overwrite", "-q").err == ""
    assert made.read_text(encoding="utf-8").startswith("[[site]]")
    assert run("sites", "import", str(source)).out == made.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "nothing in it"),
        ("site,network\n", "no site could be made of it"),
        ("site,network\nHall,nonsense\n", "no site could be made of it: line 2: 'nonsense' does not appear to be"),
        ('site,network\n"Hall,10.0.0.0/24\n', "no site could be made of it: line 2: a quote that is never closed"),
        ('"site,network\nHall,10.0.0.0/24\n', "line 1: a quote that is never closed"),
        ("site,network\nHall\0,10.0.0.0/24\n", "no text"),
        ('[{"prefix": "10.0.0.0/24", "site": "R\udce5dhus"}]', "JSON in Windows-1252, not in UTF-8"),
        ("{", "not JSON: "),
        ('{"results": 1}', "results: 1: no list"),
        ("{}", "results is missing"),
        ("[1]", "no site could be made of it: [0]"),
    ],
)
def test_a_bad_file_is_one_line_and_makes_nothing(tmp_path: Path, text: str, reason: str) -> None:
    source = tmp_path / "source"
    source.write_bytes(text.encode("utf-8", "surrogateescape"))
    ended = run("sites", "import", str(source), "--output", str(tmp_path / "sites.toml"))
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert reason in ended.err
    assert list(tmp_path.iterdir()) == [source]


@pytest.mark.parametrize("option", ["name", "name=", "colour=x"])
def test_a_bad_map_is_one_line(tmp_path: Path, option: str) -> None:
    ended, _ = imported(tmp_path, "site,network\n", "--map", option)
    assert (ended.code, ended.err.startswith(f"camscan: --map {option}: KEY=COLUMN")) == (2, True)


def test_a_table_of_ones_own_with_a_prefix_is_not_taken_for_netbox() -> None:
    assert not is_netbox_csv("Site,Prefix,Owner\n")
    assert is_netbox_csv(EXPORTED)


def test_both_know_the_same_keys() -> None:
    assert site_rows.KEYS == site_file.KEYS
    assert set(site_rows.KEYS) <= set(Site.__dataclass_fields__)


@given(
    st.dictionaries(st.sampled_from(["name", "building", "contact"]), st.text(st.characters(codec="utf-8"), min_size=1))
)
def test_whatever_a_text_holds_the_file_says_the_same(texts: dict[str, str]) -> None:
    text = as_site_file([{**texts, "networks": ["10.0.0.0/24"]}], {"10.0.0.0/24": texts.get("name", "")})
    assert tomllib.loads(text)["site"] == [{**texts, "networks": ["10.0.0.0/24"]}]


@given(st.text(st.characters(codec="utf-8")))
def test_whatever_a_table_holds_costs_no_more_than_itself(cell: str) -> None:
    row = site_rows.SiteRow(where="line 2", values={"name": "Hall", "networks": "10.0.0.0/24", "remove_by": cell})
    gathered = site_rows.gather([row], site_rows.Words(owners=OWNERS, policies=()))
    assert gathered.networks == 1
