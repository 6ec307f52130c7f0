"""What answers for a whole network is counted once; real cameras, however alike, are counted each."""

from camscan.identify.crowd import FEWEST, MACS_LIMIT, crowds
from camscan.identify.fuse import DOUBTED
from camscan.identify.match import observe
from camscan.model import Device, ScanResult
from camscan.protocols.registry import load_protocols
from camscan.reply import Reply
from tests.middlebox_rig import arp, camera_page, hosts, http, judged, opened, portal, reply, sadp

ROUTER = "02:00:5e:00:00:01"


def boxes(result: ScanResult) -> list[Device]:
    return [device for device in result.devices if device.middlebox]


def test_one_login_page_at_every_address_is_one_box_and_doubted() -> None:
    result = judged(map(camera_page, hosts()))
    (box,) = result.devices
    assert box.middlebox is not None
    assert (box.middlebox.addresses, box.middlebox.networks) == (254, ("10.7.0.0/24",))
    assert box.addresses == tuple(hosts())
    assert box.vendor == "hikvision"
    assert box.confidence["vendor"] <= DOUBTED
    assert any("254 of 254 addresses of 10.7.0.0/24" in conflict.reason for conflict in box.conflicts)
    assert len(result.observations) == 254


def test_a_box_that_names_a_maker_may_be_as_many_alike_devices_and_says_so() -> None:
    pages, portals = judged(map(camera_page, hosts())), judged(map(portal, hosts()))
    assert any("or as many alike devices that tell nothing" in c.reason for c in pages.devices[0].conflicts)
    assert any("for all of them, not as many devices" in c.reason for c in portals.devices[0].conflicts)


def test_an_address_of_which_many_macs_are_forged_is_in_a_few_crowds_only() -> None:
    forged = [arp(a, f"02:00:5e:01:{n >> 8:02x}:{n & 255:02x}") for n in range(40) for a in hosts(last=FEWEST)]
    heard = {a: [(observe(r, load_protocols()), ()) for r in forged if r.address == a] for a in hosts(last=FEWEST)}
    assert len(list(crowds(heard, ()))) == MACS_LIMIT


def test_cameras_with_serials_of_their_own_stay_as_many_as_they_are() -> None:
    replies = [r for n, a in enumerate(hosts()) for r in (camera_page(a), sadp(a, n))]
    result = judged(replies, "10.7.0.0/24")
    assert len(result.devices) == 254
    assert not boxes(result)
    assert all(device.confidence["vendor"] > 0.9 for device in result.devices)


def test_cameras_of_which_only_a_page_is_seen_stay_as_many_as_they_are() -> None:
    result = judged(map(camera_page, hosts(first=20, last=219)), "10.7.0.0/24")
    assert len(result.devices) == 200
    assert not boxes(result)


def test_cameras_seen_on_the_wire_each_with_its_mac_stay_as_many_as_they_are() -> None:
    replies = [r for n, a in enumerate(hosts()) for r in (camera_page(a), arp(a, f"c0:56:e3:00:00:{n:02x}"))]
    assert len(judged(replies, "10.7.0.0/24").devices) == 254


def test_a_few_cameras_without_a_serial_among_many_with_one_are_cameras_too() -> None:
    replies = [camera_page(a) for a in hosts()] + [sadp(a, n) for n, a in enumerate(hosts(last=100))]
    assert len(judged(replies).devices) == 254


def test_a_portal_that_repeats_the_address_and_counts_is_one_box() -> None:
    (box,) = judged(map(portal, hosts())).devices
    assert box.middlebox is not None
    assert box.vendor is None


def test_a_small_network_that_is_full_is_a_box_only_where_no_maker_is_named() -> None:
    asked = "10.7.0.64/27"
    inside = hosts(first=65, last=94)
    (box,) = judged(map(portal, inside), asked).devices
    assert box.middlebox is not None
    assert box.middlebox.networks == (asked,)
    assert len(judged(map(camera_page, inside), asked).devices) == 30
    assert len(judged(map(portal, inside)).devices) == 30
    assert len(judged(map(portal, inside[1:]), asked).devices) == 29


def test_a_camera_behind_a_box_keeps_its_own_replies_and_nothing_else() -> None:
    real = "10.7.0.77"
    result = judged([*map(portal, hosts()), sadp(real, 5), *opened(real, 80, 8000)])
    (box,) = boxes(result)
    camera = next(device for device in result.devices if not device.middlebox)
    assert (len(result.devices), camera.address, camera.model) == (2, real, "DS-2CD2042WD-I")
    assert {o.reply.protocol for o in camera.observations} == {"sadp", "tcp"}
    assert any("a middlebox answers at 10.7.0.77 too" in conflict.reason for conflict in camera.conflicts)
    assert real not in box.addresses
    assert box.middlebox is not None
    assert box.middlebox.addresses == 253


def test_a_gateway_that_speaks_for_itself_is_a_device_of_its_own() -> None:
    own = http("10.7.0.1", "<title>Router</title>", "Server: RouterOS")
    result = judged([own, *map(portal, hosts(first=2))])
    assert sorted(len(device.addresses) for device in result.devices) == [1, 253]


def test_one_mac_at_many_addresses_is_one_box_wherever_they_are() -> None:
    some = hosts(first=30, last=69)
    (box,) = judged([r for a in some for r in (arp(a, ROUTER), portal(a))]).devices
    assert box.middlebox is not None
    assert box.middlebox.addresses == 40
    assert ROUTER in box.middlebox.reason


def test_cameras_behind_a_bridge_that_lends_them_its_mac_stay_cameras() -> None:
    some = hosts(first=30, last=69)
    replies = [r for n, a in enumerate(some) for r in (arp(a, ROUTER), camera_page(a), sadp(a, n))]
    result = judged(replies)
    assert len([d for d in result.devices if d.model == "DS-2CD2042WD-I"]) == 40


def test_addresses_that_open_every_port_and_say_nothing_are_one_tarpit() -> None:
    ports = (21, 22, 23, 80, 443, 554, 8000, 8080, 37777)
    silent = [r for a in hosts(first=100, last=180) for r in opened(a, *ports)]
    real = [*opened("10.7.0.5", 80, 554), camera_page("10.7.0.5"), sadp("10.7.0.5", 1)]
    result = judged([*silent, *real])
    (box,) = boxes(result)
    assert len(result.devices) == 2
    assert len(box.addresses) == 81
    assert box.vendor is None


def test_a_proxy_that_completes_every_connection_hides_no_device_behind_it() -> None:
    everyone = [r for a in hosts() for r in opened(a, 80, 443)]
    cameras = [r for n, a in enumerate(hosts(last=60)) for r in (camera_page(a), sadp(a, n))]
    result = judged([*everyone, *cameras])
    assert len(boxes(result)) == 1
    assert len(result.devices) == 61
    assert not any("middlebox" in c.reason for d in result.devices if not d.middlebox for c in d.conflicts)


def test_one_box_for_many_networks_is_one() -> None:
    replies: list[Reply] = [portal(a) for n in range(8) for a in hosts(f"10.8.{n}", 0, 255)]
    (box,) = judged(replies).devices
    assert box.middlebox is not None
    assert box.middlebox.addresses == 2048
    assert len(box.middlebox.networks) == 8
    assert "and 5 more" in box.middlebox.reason


def test_replies_that_cannot_be_read_are_a_voice_too() -> None:
    (box,) = judged([reply(a, "rtsp", 554, b"\0\xff nonsense") for a in hosts()]).devices
    assert box.middlebox is not None


def test_fifteen_of_one_kind_are_fifteen() -> None:
    some = hosts(first=10, last=24)
    assert len(judged([r for a in some for r in (arp(a, ROUTER), portal(a))]).devices) == 15
