"""Networks to judge: real cameras, boxes that answer for whole networks, and both at once, as recorded replies."""

from collections.abc import Iterable
from functools import cache

from camscan.identify.knowledge_base import Knowledge, load_knowledge
from camscan.judge import judge
from camscan.model import Coverage, ScanResult
from camscan.reply import Reply

LOGIN_PAGE = "<script>window.location.href = '/doc/page/login.asp?_' + (new Date()).getTime();</script>"


def hosts(network: str = "10.7.0", first: int = 1, last: int = 254) -> list[str]:
    return [f"{network}.{number}" for number in range(first, last + 1)]


def http(address: str, body: str, *headers: str, port: int = 80, status: str = "200 OK") -> Reply:
    head = "\r\n".join((f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}"))
    return reply(address, "http", port, f"{head}\r\n\r\n{body}".encode())


def reply(address: str, protocol: str, port: int | None, data: bytes, transport: str = "tcp") -> Reply:
    return Reply(
        address=address,
        protocol=protocol,
        transport=transport,  # type: ignore[arg-type]
        port=port,
        request="r",
        data=data,
    )


def camera_page(address: str) -> Reply:
    """The login page that every camera of one firmware shows, its clock apart."""
    minute = int(address.rpartition(".")[2]) % 60
    return http(
        address, LOGIN_PAGE, f"Date: Mon, 23 Nov 2026 10:{minute:02d}:00 GMT", "Server: App-webs/", 'ETag: "0-2f8"'
    )


def portal(address: str) -> Reply:
    """A captive portal: the address asked for, a token and a time stand in the page."""
    last = int(address.rpartition(".")[2])
    where = f"Location: http://login.example/?from={address}&id=f0e{last * 7919:06d}"
    return http(address, f"<p>{address} at 10:{last % 60:02d}:07, please log in</p>", where, status="302 Found")


def sadp(address: str, number: int) -> Reply:
    serial, mac = f"DS-2CD2042WD-I20150703CCCH{527000000 + number}", f"c0-56-e3-00-{number >> 8:02x}-{number & 255:02x}"
    text = (
        f"<ProbeMatch><DeviceType>38930</DeviceType><DeviceDescription>DS-2CD2042WD-I</DeviceDescription>"
        f"<DeviceSN>{serial}</DeviceSN><MAC>{mac}</MAC><IPv4Address>{address}</IPv4Address>"
        f"<SoftwareVersion>V5.5.6build 180326</SoftwareVersion></ProbeMatch>"
    )
    return reply(address, "sadp", 37020, text.encode(), "udp")


def arp(address: str, mac: str) -> Reply:
    packet = "0001080006040002" + mac.replace(":", "") + bytes(map(int, address.split("."))).hex() + "00" * 10
    return reply(address, "arp", None, bytes.fromhex(packet), "ethernet")


def opened(address: str, *ports: int) -> list[Reply]:
    return [reply(address, "tcp", port, b"") for port in ports]


def judged(replies: Iterable[Reply], *networks: str) -> ScanResult:
    rows = tuple(
        Coverage(interface=None, network=n, channel="tcp connect", state="asked", asked=1, answered=1, silent=0)
        for n in networks
    )
    return judge(replies, _knowledge(), scan_id="test", rows=rows)


@cache
def _knowledge() -> Knowledge:
    return load_knowledge()
