"""Sites: which one a device belongs to, and what a site file may say."""

from datetime import date
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camscan.assess.site import NOWHERE, Site, SiteIndex, site_of
from camscan.assess.site_file import load_sites
from camscan.errors import KnowledgeError
from tests.policy_rig import shipped

TOWN = Site(name="town", networks=(ip_network("10.0.0.0/8"), ip_network("fd00::/8")))
VAULT = Site(name="vault", networks=(ip_network("10.9.0.0/24"),), sensitive=True)
REST = Site(name="rest")
EVERYWHERE = Site(name="everywhere", networks=(ip_network("0.0.0.0/0"),))


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("10.1.2.3", "town"),
        ("10.9.0.3", "vault"),
        ("fd00::5", "town"),
        ("192.168.1.1", "rest"),
        ("fe80::1%eth0", "rest"),
        ("no address", "rest"),
    ],
)
def test_the_smallest_network_decides(address: str, name: str) -> None:
    assert site_of(address, (REST, TOWN, VAULT)).name == name


def test_a_network_goes_before_a_site_without_any() -> None:
    assert site_of("192.168.1.1", (REST, EVERYWHERE)).name == "everywhere"


def test_an_address_of_no_site_is_nowhere() -> None:
    assert site_of("192.168.1.1", (TOWN, VAULT)) is NOWHERE


def test_the_example_of_the_page_loads(tmp_path: Path) -> None:
    page = (Path(__file__).parent.parent / "docs" / "sites.md").read_text(encoding="utf-8")
    text = page.split("```toml\n", 1)[1].split("```", 1)[0]
    _, room = load_sites(write(tmp_path / "sites.toml", text), shipped())
    assert (room.district, room.sensitive, str(room.remove_by)) == ("Centre", True, "2027-06-30")


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_site_file_says_what_its_owner_says(tmp_path: Path) -> None:
    text = """
[[site]]
name = "depot"
networks = ["10.9.0.0/24", "fd00:9::/64"]
country = "GB"
owner = "federal"
authority = "Ministry of Depots"
sensitive = true
policies = ["uk-sensitive-sites"]
[[site]]
name = "the rest"
"""
    depot, rest = load_sites(write(tmp_path / "sites.toml", text), shipped())
    assert depot == Site(
        name="depot",
        networks=(ip_network("10.9.0.0/24"), ip_network("fd00:9::/64")),
        country="GB",
        owner="federal",
        authority="Ministry of Depots",
        sensitive=True,
        policies=("uk-sensitive-sites",),
    )
    assert rest == Site(name="the rest")


PARTS = """
[[site]]
name = "hall"
district = "Centre"
owner = "municipal"
remove_by = 2027-06-30
contact = "facilities@example.org"
policies = ["us-ndaa-889"]
[[site]]
name = "hall"
building = "east"
networks = ["10.1.0.0/16"]
sensitive = true
vantage = "core"
policies = ["us-fcc-covered"]
[[site]]
name = "hall"
building = "east"
room = "servers"
networks = ["10.1.7.0/24"]
remove_by = "2026-12-31"
[[site]]
name = "hall"
building = "cellar"
"""


def test_a_part_has_what_it_does_not_say_from_what_it_is_in(tmp_path: Path) -> None:
    hall, east, servers, cellar = load_sites(write(tmp_path / "sites.toml", PARTS), shipped())
    assert (east.district, east.owner, east.remove_by) == ("Centre", "municipal", date(2027, 6, 30))
    assert (servers.sensitive, servers.vantage, servers.remove_by) == (True, "core", date(2026, 12, 31))
    assert servers.policies == ("us-ndaa-889", "us-fcc-covered")
    assert (hall.sensitive, cellar.contact) == (None, "facilities@example.org")
    assert site_of("10.1.7.9", (hall, east, servers, cellar)).spot == ("hall", "east", "servers")
    assert site_of("10.1.8.9", (hall, east, servers, cellar)).spot == ("hall", "east", None)


def test_a_part_without_networks_does_not_hold_the_rest(tmp_path: Path) -> None:
    assert site_of("10.9.9.9", load_sites(write(tmp_path / "sites.toml", PARTS), shipped())) is NOWHERE


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no [[site]] in it"),
        ('name = "x"', "unknown key name"),
        ("[[site]]", "name is missing"),
        ('[[site]]\nname = " "', "name is empty"),
        ('[[site]]\nname = "x"\nsenstive = true', "site x: unknown key senstive"),
        ('[[site]]\nname = "x"\nsensitive = "yes"', "site x: sensitive is str"),
        ('[[site]]\nname = "x"\nowner = "king"', "site x: owner is king, none of federal, state"),
        ('[[site]]\nname = "x"\ncountry = "uk"', "site x: country is uk, not two capital letters"),
        ('[[site]]\nname = "x"\nnetworks = []', "site x: networks is empty"),
        ('[[site]]\nname = "x"\nnetworks = ["10.0.0.1/24"]', "site x: networks: 10.0.0.1/24 has host bits set"),
        ('[[site]]\nname = "x"\nnetworks = "10.0.0.0/24"', "site x: networks is str"),
        ('[[site]]\nname = "x"\npolicies = ["nope"]', "site x: no policy nope"),
        ('[[site]]\nname = "x"\n[[site]]\nname = "x"\nnetworks = ["10.0.0.0/8"]', "site x: the name stands twice"),
        ('[[site]]\nname = "x"\n[[site]]\nname = "y"', "site y: no networks, as x has"),
        (
            '[[site]]\nname = "x"\nnetworks = ["10.0.0.0/8"]\n[[site]]\nname = "y"\nnetworks = ["10.0.0.0/8"]',
            "site y: network 10.0.0.0/8, as x has",
        ),
        ('[[site]]\nname = "x"\nroom = "1"', "site x: room 1 is in no building"),
        ('[[site]]\nname = "x"\nbuilding = ""', "site x: building is empty"),
        ('[[site]]\nname = "x"\nremove_by = "soon"', "site x: remove_by is soon, no date such as 2027-06-30"),
        ('[[site]]\nname = "x"\nremove_by = 2027-06-30T08:00:00', "site x: remove_by has a time of day"),
        ('[[site]]\nname = "x"\nremove_by = 2027', "site x: remove_by is int"),
        (
            '[[site]]\nname = "x"\nbuilding = "a"\n[[site]]\nname = "x"\nbuilding = "a"',
            "site x / a: the name stands twice",
        ),
        (
            '[[site]]\nname = "x"\ndistrict = "n"\n[[site]]\nname = "x"\nbuilding = "a"\ndistrict = "s"',
            "site x / a: district s, and n before",
        ),
        ("site = 1", "site: not a list of tables"),
        ("[[site", "sites.toml: "),
    ],
)
def test_a_bad_site_file_is_refused_in_one_line(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(KnowledgeError) as raised:
        load_sites(write(tmp_path / "sites.toml", text), shipped())
    assert reason in str(raised.value)
    assert "\n" not in str(raised.value)


NETWORKS = st.sampled_from(["10.0.0.0/8", "10.1.0.0/16", "10.1.7.0/24", "10.1.7.9/32", "0.0.0.0/0", "fd00::/8", "::/0"])
ADDRESSES = st.sampled_from(["10.1.7.9", "10.1.7.1", "10.200.1.1", "192.168.1.1", "fd00::1", "fe80::1%eth0", "none"])


@given(st.lists(NETWORKS, unique=True), ADDRESSES, st.booleans())
def test_the_index_knows_the_smallest_network(networks: list[str], address: str, has_rest: bool) -> None:
    sites = [Site(name=text, networks=(ip_network(text),)) for text in networks] + ([REST] if has_rest else [])
    rest = REST if has_rest else NOWHERE
    try:
        place = ip_address(address.split("%")[0])
        holders = [site for site in sites if site.networks and place in site.networks[0]]
    except ValueError:
        holders = []
    best = max(holders, key=lambda site: site.networks[0].prefixlen, default=rest)
    assert SiteIndex(sites).of(address) is best
