"""The site on loopback: plain sockets and the standard library's clients talk to it, one at a time."""

import asyncio
import http.client
import socket
import ssl
import warnings
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from camscan.lab import loopback
from camscan.lab.device import Device
from camscan.lab.network import Network
from camscan.lab.outlet import Placement, open_outlets
from camscan.lab.site import Site, load_site

SITE = load_site()
FEW = (
    "lobby-camera",
    "car-park-camera",
    "boiler-house-camera",
    "yard-camera",
    "hostile",
    "boxed-hikvision",
    "backup-server",
)
SMALL = Site(segments=SITE.segments, devices=tuple(each for each in SITE.devices if each.id in FEW))
INQUIRY = b"<Probe><Uuid>4F-7</Uuid><Types>inquiry</Types></Probe>"


@pytest.fixture
async def network() -> AsyncIterator[Network]:
    async with loopback.serve(SMALL) as running:
        yield running


def where(network: Network, name: str) -> str:
    return next(address for address, device in network.devices.items() if device.id == name)


def port_of(network: Network, address: str, usual: int) -> int:
    """Its own port, or the one that stands in for it where the user may not bind that."""
    with socket.socket() as probe:
        return usual if probe.connect_ex((address, usual)) == 0 else loopback.INSTEAD[usual]


def ask_udp(address: str, port: int, question: bytes) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(2)
        client.sendto(question, (address, port))
        return client.recv(65535)


def ask_tcp(address: str, port: int, question: bytes, size: int) -> bytes:
    with socket.create_connection((address, port), timeout=2) as client:
        client.sendall(question)
        data = b""
        while len(data) < size and (chunk := client.recv(4096)):
            data += chunk
        return data


def get(address: str, port: int, path: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(address, port, timeout=2)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    finally:
        connection.close()


async def test_targets_and_truths_are_on_loopback(network: Network) -> None:
    assert network.targets == ("127.83.10.0/24", "127.83.20.0/24")
    assert network.scanner is None
    assert network.truths["127.83.10.11"].model == "DS-2CD2042WD-I"
    assert all(address.startswith("127.83.") for address in network.devices)


async def test_a_unit_with_a_factory_address_is_left_out(network: Network) -> None:
    assert "boxed-hikvision" not in {device.id for device in network.devices.values()}


async def test_sadp_answers_with_the_address_it_has_here(network: Network) -> None:
    reply = await asyncio.to_thread(ask_udp, where(network, "lobby-camera"), 37020, INQUIRY)
    assert b"<Uuid>4F-7</Uuid>\r\n" in reply
    assert b"<IPv4Address>127.83.10.11</IPv4Address>" in reply
    assert b"<SoftwareVersion>V5.4.5build 170124</SoftwareVersion>" in reply


async def test_dhdiscover_announces_the_length_of_its_json(network: Network) -> None:
    question = b"\x20\x00\x00\x00DHIP" + bytes(24) + b'{"method":"DHDiscover.search"}'
    reply = await asyncio.to_thread(ask_udp, where(network, "yard-camera"), 37810, question)
    assert reply[:8] == b"\x20\x00\x00\x00DHIP"
    assert int.from_bytes(reply[16:20], "little") == int.from_bytes(reply[24:28], "little") == len(reply) - 32
    assert b'"mac":"08:ed:ed:b7:4c:90"' in reply


async def test_json_without_the_header_gets_no_answer(network: Network) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.to_thread(ask_udp, where(network, "yard-camera"), 37810, b'{"method":"DHDiscover.search"}')


async def test_http_sends_whole_messages_and_keeps_the_connection(network: Network) -> None:
    address = where(network, "lobby-camera")
    status, headers, body = await asyncio.to_thread(get, address, port_of(network, address, 80), "/")
    assert (status, headers["server"]) == (200, "App-webs/")
    assert b"/doc/page/login.asp?_" in body
    assert len(body) == int(headers["content-length"])


async def test_dahua_has_no_server_header(network: Network) -> None:
    address = where(network, "yard-camera")
    _, headers, body = await asyncio.to_thread(get, address, port_of(network, address, 80), "/")
    assert "server" not in headers
    assert body.startswith("\ufeff<!DOCTYPE".encode())


async def test_the_body_of_a_request_is_read_before_it_is_answered(network: Network) -> None:
    address = where(network, "yard-camera")
    head = b"POST /RPC2_Login HTTP/1.1\r\nContent-Length: 31\r\n\r\n"
    question = head + b'{"method":"global.login","id":7}'[:31]
    reply = await asyncio.to_thread(ask_tcp, address, port_of(network, address, 80), question, 400)
    assert b'"code":268632079' in reply


async def test_the_sdk_port_greets_and_the_challenge_port_waits(network: Network) -> None:
    greeting = await asyncio.to_thread(ask_tcp, where(network, "lobby-camera"), 8000, b"", 16)
    assert greeting.hex() == "000000100000001e0000001e00000000"
    question = bytes.fromhex("a0010000") + bytes(20) + bytes.fromhex("050201010000a1aa")
    reply = await asyncio.to_thread(ask_tcp, where(network, "yard-camera"), 37777, question, 60)
    assert b"Realm:Login to 6L09E35PAG7C215\r\nRandom:" in reply
    length = int.from_bytes(reply[4:6], "little")
    assert length == len(b"Realm:Login to 6L09E35PAG7C215\r\nRandom:") + len(reply.partition(b"Random:")[2])


def subject(address: str, port: int, version: ssl.TLSVersion) -> bytes:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.maximum_version = version
        context.minimum_version = version
    context.set_ciphers("ALL:@SECLEVEL=0")
    with socket.create_connection((address, port), timeout=2) as plain, context.wrap_socket(plain) as secure:
        return secure.getpeercert(binary_form=True) or b""


async def test_certificates_say_what_the_makers_say(network: Network) -> None:
    address = where(network, "car-park-camera")
    shown = await asyncio.to_thread(subject, address, port_of(network, address, 443), ssl.TLSVersion.TLSv1_2)
    assert b"www.hikvision.com" in shown


async def test_old_firmware_speaks_old_tls_only(network: Network) -> None:
    address = where(network, "boiler-house-camera")
    port = port_of(network, address, 443)
    assert b"DVRNVR" in await asyncio.to_thread(subject, address, port, ssl.TLSVersion.TLSv1)
    with pytest.raises(OSError, match=r"(?i)ssl|reset"):
        await asyncio.to_thread(subject, address, port, ssl.TLSVersion.TLSv1_2)


async def test_the_journal_hears_everything(network: Network) -> None:
    address = where(network, "backup-server")
    ssh = port_of_ssh(network)
    if ssh is None:
        pytest.skip("port 22 of a loopback address cannot be bound by this user")
    assert (
        await asyncio.to_thread(ask_tcp, address, ssh, b"SSH-2.0-test\r\n", 41)
        == b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"
    )
    await asyncio.sleep(0.1)
    heard = [each for each in network.journal.heard if each.address == address]
    assert [(each.transport, each.port, each.data) for each in heard] == [("tcp", 22, b"SSH-2.0-test\r\n")]
    assert network.journal.peak[address] == 1
    assert network.journal.connections[address] == 0


def port_of_ssh(network: Network) -> int | None:
    return None if any("backup-server" in line for line in network.missing) else 22


async def test_the_hostile_device_drips_and_never_ends(network: Network) -> None:
    address = where(network, "hostile")
    port = port_of(network, address, 80)
    await hung_up(network, address)  # whoever asked it in an earlier test
    network.journal.peak[address] = 0
    endless = await asyncio.to_thread(ask_tcp, address, port, b"GET /x HTTP/1.1\r\n\r\n", 2_000_000)
    assert len(endless) >= 2_000_000
    await hung_up(network, address)
    started = asyncio.get_running_loop().time()
    assert await asyncio.to_thread(ask_tcp, address, port, b"GET /ISAPI/ HTTP/1.1\r\n\r\n", 2) == b"HT"
    assert asyncio.get_running_loop().time() - started > 0.9
    await hung_up(network, address)
    assert network.journal.peak[address] == 1


async def hung_up(network: Network, address: str) -> None:
    """Waits until the device has noticed that nobody is connected any more."""
    async with asyncio.timeout(5):
        while network.journal.connections[address]:  # noqa: ASYNC110 (a counter of the lab, which knows no waiters)
            await asyncio.sleep(0.02)


LOBBY = next(each for each in SITE.devices if each.id == "lobby-camera")
WEB = next(each for each in LOBBY.services if each.port == 80)
MOVABLE: Device = replace(LOBBY, services=(replace(WEB, port=18080),))


@pytest.mark.parametrize(("instead", "web", "missing"), [({18080: 18081}, b"18081", 0), ({}, b"18080", 1)])
def test_a_port_that_is_taken_moves_or_is_missing(instead: dict[int, int], web: bytes, missing: int) -> None:
    address = "127.83.99.11"
    with socket.socket() as taken:
        taken.bind((address, 18080))
        taken.listen()
        outlets, lost = open_outlets(
            MOVABLE, Placement(address=address, bind=address, multicast=False, instead=instead)
        )
    for outlet in outlets:
        outlet.socket.close()
    assert [outlet.values["http_port"] for outlet in outlets] == [web] * (1 - missing)
    assert lost == ["lobby-camera: tcp port 18080 cannot be bound here"] * missing
