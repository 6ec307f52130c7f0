"""Files as nmap and masscan write them, put together by hand from their documented formats."""

from collections.abc import Iterable
from html import escape

from camscan.intake.imported import Entry
from camscan.intake.masscan_json import read_masscan
from camscan.intake.nmap_xml import read_nmap
from camscan.reply import Reply

SWEPT = frozenset({80, 443, 554, 8000, 37777})
PROLOG = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nmaprun>
<?xml-stylesheet href="file:///usr/bin/../share/nmap/nmap.xsl" type="text/xsl"?>
<!-- Nmap 7.93 scan initiated Sun Nov 22 08:00:00 2026 as: nmap -sV -oX out.xml 10.0.0.0/24 -->
<nmaprun scanner="nmap" args="nmap -sV -oX out.xml 10.0.0.0/24" start="1795334400" version="7.93">
"""
END = '<runstats><finished time="1795334500"/><hosts up="1" down="0" total="1"/></runstats>\n</nmaprun>\n'


def nmap_file(*hosts: str) -> str:
    return PROLOG + "".join(hosts) + END


def host(*ports: str, address: str = "10.0.0.5", more: str = "", kind: str = "ipv4") -> str:
    return (
        '<host starttime="1795334401" endtime="1795334450"><status state="up" reason="arp-response"/>'
        f'<address addr="{address}" addrtype="{kind}"/>{more}<ports>{"".join(ports)}</ports></host>\n'
    )


def port(number: int, *scripts: str, service: str = 'name="http"', state: str = "open", protocol: str = "tcp") -> str:
    return (
        f'<port protocol="{protocol}" portid="{number}"><state state="{state}" reason="syn-ack"/>'
        f'<service {service} method="probed" conf="10"/>{"".join(scripts)}</port>'
    )


def script(name: str, output: str, values: str = "") -> str:
    printed = escape(output).replace("\n", "&#xa;").replace("\r", "&#xd;")
    return f'<script id="{name}" output="{printed}">{values}</script>'


def fingerprint(**replies: bytes) -> str:
    """A service whose replies nmap could not name; each is cut at 900 bytes, as nmap does."""
    parts = (f'%r({probe},{len(data):X},"{_escaped(data[:900])}")' for probe, data in replies.items())
    text = "SF-Port80-TCP:V=7.93%I=7%D=11/22%Time=6B03710A%P=x86_64-pc-linux-gnu" + "".join(parts) + ";"
    return f'name="unknown" servicefp="{escape(text)}"'


def _escaped(data: bytes) -> str:
    known = {13: "\\r", 10: "\\n", 9: "\\t", 0: "\\0"}
    plain = {byte: chr(byte) for byte in range(33, 127) if chr(byte).isalnum() or chr(byte) in "<>=&"}
    return "".join(known.get(b) or plain.get(b) or (f"\\{chr(b)}" if 33 <= b < 127 else f"\\x{b:02X}") for b in data)


def nmap(text: str, size: int = 1000) -> list[Entry]:
    pieces = (text[start : start + size] for start in range(0, len(text), size))
    return list(read_nmap("out.xml", pieces, SWEPT))


def masscan(text: str, size: int = 100_000) -> list[Entry]:
    lines = text.splitlines(keepends=True)
    pieces = (line[start : start + size] for line in lines for start in range(0, len(line), size))
    return list(read_masscan("out.json", pieces, SWEPT))


def replies(entries: Iterable[Entry], protocol: str) -> list[Reply]:
    return [entry for entry in entries if isinstance(entry, Reply) and entry.protocol == protocol]


def others(entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if not isinstance(entry, Reply)]
