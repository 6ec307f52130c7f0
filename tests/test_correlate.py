"""Who is who where addresses mislead: forwarded ports, copied identifiers, moved devices, two stacks."""

from camscan.identify.forwarded import DEVICES_LIMIT
from camscan.model import Device
from camscan.reply import Reply
from tests.middlebox_rig import arp, camera_page, judged, reply, sadp

ROUTER = "203.0.113.9"


def isapi(address: str, port: int, number: int, model: str = "DS-2CD2042WD-I") -> Reply:
    serial = f"{model}20150703CCCH{527000000 + number}"
    text = (
        '<DeviceInfo version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">'
        f"<deviceName>x</deviceName><model>{model}</model><serialNumber>{serial}</serialNumber>"
        f"<macAddress>c0:56:e3:00:{number >> 8:02x}:{number & 255:02x}</macAddress>"
        "<firmwareVersion>V5.5.6</firmwareVersion><deviceType>IPCamera</deviceType></DeviceInfo>"
    )
    return reply(address, "isapi", port, text.encode())


def found(*replies: Reply) -> list[Device]:
    return list(judged(replies).devices)


def test_two_cameras_behind_forwarded_ports_are_two_and_say_so() -> None:
    one, two = found(isapi(ROUTER, 80, 1), isapi(ROUTER, 8080, 2, "DS-2CD2T47G2-L"))
    assert (one.model, two.model) == ("DS-2CD2042WD-I", "DS-2CD2T47G2-L")
    assert one.serial != two.serial
    assert one.id != two.id
    assert {s.port for s in two.services} == {8080}
    for device in (one, two):
        assert device.addresses == (ROUTER,)
        (conflict,) = [c for c in device.conflicts if c.attribute == "serial"]
        assert "several devices behind one address" in conflict.reason
        assert len(conflict.values) == 2


def test_a_port_without_a_serial_goes_with_the_only_device_it_does_not_contradict() -> None:
    text = b"<ProbeMatch><DeviceType>1</DeviceType><DeviceDescription>DS-2CD2T47G2-L</DeviceDescription></ProbeMatch>"
    unnamed = reply(ROUTER, "sadp", 37020, text, "udp")
    one, two = found(isapi(ROUTER, 80, 1), isapi(ROUTER, 8080, 2, "DS-2CD2T47G2-L"), unnamed)
    assert {s.port for s in one.services} == {80}
    assert {s.port for s in two.services} == {8080, 37020}


def test_a_port_that_may_be_of_either_device_is_of_neither() -> None:
    one, two, rest = found(isapi(ROUTER, 80, 1), isapi(ROUTER, 8080, 2), reply(ROUTER, "tcp", 554, b""))
    assert {s.port for s in rest.services} == {554}
    assert rest.serial is None
    assert 554 not in {s.port for d in (one, two) for s in d.services}


def test_one_camera_on_two_ports_is_one() -> None:
    (device,) = found(isapi(ROUTER, 80, 1), isapi(ROUTER, 8080, 1), camera_page(ROUTER))
    assert {s.port for s in device.services} == {80, 8080}


def test_two_protocols_that_spell_the_serial_otherwise_are_one_device() -> None:
    (device,) = found(isapi("10.0.0.5", 80, 1), sadp("10.0.0.5", 2))
    assert [c.attribute for c in device.conflicts if c.attribute == "serial"] == ["serial"]


def test_more_serials_than_a_recorder_has_channels_are_one_trap() -> None:
    assert len(found(*(isapi(ROUTER, 1000 + n, n) for n in range(DEVICES_LIMIT)))) == DEVICES_LIMIT
    (device,) = found(*(isapi(ROUTER, 1000 + n, n) for n in range(DEVICES_LIMIT + 1)))
    assert len(device.services) == DEVICES_LIMIT + 1
    assert any(
        c.reason.startswith("its ports tell more than 64 serials, more than one device") for c in device.conflicts
    )


def test_a_port_that_tells_serial_after_serial_does_not_part_an_address() -> None:
    many = [isapi(ROUTER, 80, n) for n in range(200)]
    (device,) = found(*many, isapi(ROUTER, 8080, 500), *(reply(ROUTER, "tcp", 9000 + n, b"") for n in range(500)))
    assert len(device.services) == 502
    assert any(c.reason.startswith("port 80 tells more than 16 serials") for c in device.conflicts)


def test_one_serial_seen_directly_and_through_a_router_is_kept_apart() -> None:
    direct, one, two = found(isapi("10.0.0.5", 80, 1), isapi(ROUTER, 80, 1), isapi(ROUTER, 8080, 2))
    assert any("10.0.0.5" in c.reason for c in one.conflicts)
    assert any(ROUTER in c.reason for c in direct.conflicts)
    assert not any("the same serial" in c.reason for c in two.conflicts)
    assert len({direct.id, one.id, two.id}) == 3


def test_a_device_on_ipv4_and_on_several_ipv6_addresses_is_one() -> None:
    addresses = ("10.0.0.5", "fe80::c256:e3ff:fe00:1", "fd00::5")
    (device,) = found(*(isapi(address, 80, 1) for address in addresses))
    assert device.addresses == addresses


def test_one_address_among_them_that_contradicts_stays_apart() -> None:
    one, other = found(isapi("10.0.0.5", 80, 1), isapi("fd00::5", 80, 1), isapi("fd00::6", 80, 1, "DS-2CD2T47G2-L"))
    assert one.addresses == ("10.0.0.5", "fd00::5")
    assert other.model == "DS-2CD2T47G2-L"
    assert all(any("the same mac" in c.reason for c in device.conflicts) for device in (one, other))


def test_a_camera_that_moved_during_the_scan_is_one_where_the_network_shows_it() -> None:
    mac = "c0:56:e3:00:00:01"
    (device,) = found(arp("10.0.0.5", mac), isapi("10.0.0.5", 80, 1), arp("10.0.0.6", mac), isapi("10.0.0.6", 80, 1))
    assert device.addresses == ("10.0.0.5", "10.0.0.6")


def test_discovery_and_web_page_that_disagree_show_both_values_with_their_support() -> None:
    (device,) = found(sadp("10.0.0.5", 1), isapi("10.0.0.5", 80, 1, "DS-2CD2T47G2-L"))
    (conflict,) = [c for c in device.conflicts if c.attribute == "model"]
    assert {value for value, _ in conflict.values} == {"DS-2CD2042WD-I", "DS-2CD2T47G2-L"}
    assert all(support > 0.9 for _, support in conflict.values)
    assert {c.value for c in device.claims if c.attribute == "model"} >= {"DS-2CD2042WD-I", "DS-2CD2T47G2-L"}
    assert device.confidence.get("model", 0) < 0.6
