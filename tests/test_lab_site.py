"""The emulated site as data: complete, consistent, and true to itself."""

import re
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from camscan.errors import CannotRunError
from camscan.lab.device import Device
from camscan.lab.site import Site, load_site

SITE = load_site()
TARGETS = [each for each in SITE.devices if each.truth.vendor in ("hikvision", "dahua")]
KINDS = {
    "camera",
    "recorder",
    "intercom",
    "access-control",
    "thermal-camera",
    "anpr-camera",
    "printer",
    "nas",
    "router",
}
BRANDS = {"hikvision", "ezviz", "annke", "hiwatch", "truvision", "dahua", "amcrest", "lorex", "imou", "intelbras"}

PROBES = (
    b"<Probe><Uuid>1</Uuid><Types>inquiry</Types></Probe>",
    b"\x20\x00\x00\x00DHIP" + bytes(24) + b'{"method":"DHDiscover.search"}',
    b"<MessageID>uuid:1</MessageID><Probe/>",
    b"M-SEARCH * HTTP/1.1\r\nST: ssdp:all\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET /rootDesc.xml HTTP/1.1\r\n\r\n",
    b"GET /description.xml HTTP/1.1\r\n\r\n",
    b"GET /desc.xml HTTP/1.1\r\n\r\n",
    b"DESCRIBE / RTSP/1.0\r\nCSeq: 1\r\n\r\n",
    b"\xa0\x01\x00\x00" + bytes(28),
    b'POST /RPC2_Login HTTP/1.1\r\n\r\n{"id":1}',
)


def said_by(device: Device) -> bytes:
    """Everything the device says when asked everything once."""
    fresh = dict.fromkeys(("date", "long_date", "nonce", "number", "fresh_uuid"), b"")
    values = device.known_values(device.address, {}) | fresh
    answers = [answer for service in device.services for answer in service.answers]
    found = [(answer, answer.match.search(probe)) for answer in answers for probe in PROBES]
    return b"\n".join(answer.render(values, match) for answer, match in found if match)


def named(devices: list[Device]) -> list[object]:
    return [pytest.param(each, id=each.id) for each in devices]


def test_the_site_has_what_a_municipality_has() -> None:
    assert len(SITE.devices) >= 34
    assert {each.truth.kind for each in SITE.devices} >= KINDS
    assert {each.truth.brand for each in TARGETS} >= BRANDS
    assert len([each for each in SITE.devices if each.truth.vendor not in ("hikvision", "dahua")]) >= 12


@pytest.mark.parametrize("device", named(TARGETS))
def test_what_is_true_stands_in_what_the_device_says(device: Device) -> None:
    said = said_by(device)
    for text in (device.truth.model, device.truth.firmware, device.truth.build, device.truth.serial):
        assert text is None or text.encode() in said


@pytest.mark.parametrize("device", named([each for each in SITE.devices if each not in TARGETS]))
def test_a_neighbour_does_not_name_either_maker(device: Device) -> None:
    imitated = device.truth.imitates or "nobody"
    said = re.sub(rb"tnshik|hikwsd|hikxsd", b"", said_by(device)).lower()
    assert not [maker for maker in ("hikvision", "dahua") if maker.encode() in said and maker != imitated]


def test_the_device_at_the_gateway_of_the_scanner_is_there_to_route() -> None:
    assert [each.id for each in SITE.devices if each.address == SITE.segments[0].gateway] == ["router"]


def test_factory_addresses_are_foreign_on_their_wire() -> None:
    foreign = {each.address for each in SITE.devices if SITE.is_foreign(each)}
    assert foreign == {"192.168.1.64", "192.168.1.108"}


def test_the_other_segment_has_devices_that_only_unicast_reaches() -> None:
    school = SITE.wires["school"].network
    assert len([each for each in SITE.devices if IPv4Address(each.address) in school]) >= 5


def test_channels_are_the_protocols_of_the_services() -> None:
    lobby = next(each for each in SITE.devices if each.id == "lobby-camera")
    assert lobby.channels == {"sadp", "wsdiscovery", "onvif", "isapi", "http", "rtsp", "hik_sdk"}


def test_sadp_is_answered_in_every_way_devices_do() -> None:
    ways = {one.to for each in SITE.devices for one in each.services if "sadp" in one.protocols}
    assert ways == {"asker", "group", "both"}


def test_values_follow_the_place_of_the_device() -> None:
    lobby = next(each for each in SITE.devices if each.id == "lobby-camera")
    values = lobby.known_values("127.83.10.11", {80: 8080})
    assert values["http_host"] == b"127.83.10.11:8080"
    assert values["http_port"] == b"8080"
    assert values["mac_dashes"] == b"c0-56-e3-2b-81-04"
    assert values["link_local"] == b"fe80::c256:e3ff:fe2b:8104"


def site_of(directory: Path, device: str) -> Site:
    (directory / "site").mkdir()
    (directory / "shapes").mkdir()
    segment = '[[segment]]\nname = "a"\nnetwork = "10.0.0.0/24"\ngateway = "10.0.0.1"\nscanner = "10.0.0.2"\n'
    (directory / "site" / "one.toml").write_text(segment + device)
    shape = (
        '[[shape]]\nid = "page"\nprotocol = "http"\ntransport = "tcp"\nport = 80\n[[shape.answer]]\nbody = "{model}"\n'
    )
    (directory / "shapes" / "http.toml").write_text(shape)
    return load_site(directory)


def table(address: str = "10.0.0.5", **more: str) -> str:
    rest = "".join(f"{name} = {value}\n" for name, value in more.items())
    return f'[[device]]\nid = "one"\naddress = "{address}"\nmac = "02:00:00:00:00:05"\n{rest}'


def test_a_small_site_loads(tmp_path: Path) -> None:
    site = site_of(tmp_path, table(speaks='["page"]', truth='{ model = "X" }'))
    assert said_by(site.devices[0]) == b"\n".join([b"X"] * len(PROBES))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (table(speaks='["page"]'), "nothing fills model"),
        (table(speaks='["pages"]'), "KeyError 'pages'"),
        (table("10.9.0.5"), "plugged in nowhere"),
        (table(truth='{ colour = "red" }'), "colour"),
        (table() + table(), "stands twice"),
        (table(values='{ a = "{b}" }'), "KeyError 'b'"),
        ("[[device]", "one.toml"),
        (table() + '[[device.service]]\nprotocol = "x"\n', "missing"),
    ],
)
def test_a_mistake_in_the_data_is_named(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(CannotRunError, match=re.escape(reason)):
        site_of(tmp_path, text)
