r"""What nmap's scripts print of a device's own words → replies.

Whole pieces (a certificate, a greeting) are taken as they are; of a web page or a stream server the scripts print
parts, from which a reply is rebuilt. Each script's parts stay apart, for they come from different requests. Public
source: the scripts of nmap 7.93 and their documentation on nmap.org/nsedoc.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from types import MappingProxyType
from urllib.parse import urlsplit

from camscan.intake.imported import Origin, head_of
from camscan.intake.nmap_script import Script
from camscan.intake.spoken import protocol_of
from camscan.reply import Reply

_REQUEST_TYPE = re.compile(r"\s*\(Request type: (HEAD|GET)\)")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}:")
_REFUSED = re.compile(r"HTTP/1\.[01] 401[ -~]{0,64}")
_BYTE = re.compile(rb"\\x([0-9A-Fa-f]{2})")
_CUT = "..."  # how `banner` ends what did not fit its line
_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,31}")
_FAILED = "ERROR: "
_LABELLED = re.compile(r"\s*(Server|Location|Webserver|Name|Manufacturer|Model [A-Z][a-z]{2,8}): (.*)")
_DESCRIBED = {
    "Name": "friendlyName",
    "Manufacturer": "manufacturer",
    "Model Name": "modelName",
    "Model Descr": "modelDescription",
    "Model Version": "modelNumber",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Where scripts asked: the port, the service as nmap names it, and all names of the host."""

    origin: Origin
    service: str
    names: frozenset[str]


Reading = Iterator[Reply]


def read_scripts(scripts: Iterable[Script], asked: Asked) -> Reading:
    """The replies in the results of one port's scripts. nmap follows redirects: a port whose page came from another
    host says nothing of its own."""
    scripts = tuple(scripts)
    elsewhere = any(_leads_away(script.value("redirect_url"), asked) for script in scripts if script.value("title"))
    for script in scripts:
        read = _SCRIPTS.get(script.id)
        if read and not script.output.startswith(_FAILED) and not (elsewhere and script.id in _FOLLOWING):
            yield from read(script, asked)


def _leads_away(url: str, asked: Asked) -> bool:
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return True
    return host is not None and host.casefold() not in asked.names


def _title(script: Script, asked: Asked) -> Reading:
    title, target = script.value("title"), script.value("redirect_url")
    if title.strip():
        page = f"<title>{escape(title)}</title>".encode("utf-8", "replace")
        yield asked.origin.said("http", page, script.id, rebuilt=True)
    elif target and script.output.startswith("Did not follow redirect"):
        yield asked.origin.said("http", head_of([("Location", target)]), script.id, rebuilt=True)


def _headers(script: Script, asked: Asked) -> Reading:
    """The lines as they came, in their order; the status line is not among them."""
    kind = _REQUEST_TYPE.search(script.output)
    if kind is None:
        return
    lines = [line.removeprefix("  ").rstrip() for line in script.output[: kind.start()].splitlines()]
    if any(_HEADER.match(line) for line in lines):
        head = "\r\n".join([*(line for line in lines if line), "", ""]).encode("utf-8", "replace")
        yield asked.origin.said("http", head, f"{script.id} {kind[1]}", rebuilt=True)


def _server(script: Script, asked: Asked) -> Reading:
    for text in [text for _, text in script.values] or script.output.splitlines():
        if text.strip():
            yield asked.origin.said("http", head_of([("Server", text)]), script.id, rebuilt=True)


def _challenges(script: Script, asked: Asked) -> Reading:
    status = _REFUSED.search(script.output)
    wanted: dict[str, dict[str, str]] = {}
    for path, text in script.values:
        wanted.setdefault(path[0], {})[path[-1]] = text
    lines = [("WWW-Authenticate", line) for parts in wanted.values() if (line := _challenge(parts))]
    if status and lines:
        yield asked.origin.said("http", head_of(lines, status[0].strip()), script.id, rebuilt=True)


def _challenge(parts: Mapping[str, str]) -> str:
    scheme = parts.get("scheme", "")
    quoted = (f'{name}="{_quotable(text)}"' for name, text in parts.items() if name != "scheme" and _TOKEN.match(name))
    return f"{scheme} {', '.join(quoted)}" if _TOKEN.fullmatch(scheme) else ""


def _quotable(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _certificate(script: Script, asked: Asked) -> Reading:
    """The certificate itself; older versions of nmap print its names only."""
    pem = script.value("pem")
    text = pem or script.output
    if text.strip():
        yield asked.origin.said("tls", text.encode("utf-8", "replace"), script.id, rebuilt=not pem)


def _methods(script: Script, asked: Asked) -> Reading:
    if script.output.strip():
        yield asked.origin.said("rtsp", head_of([("Public", script.output)]), script.id, rebuilt=True)


def _banner(script: Script, asked: Asked) -> Reading:
    """The greeting without the white space around it. What was cut to fit the line ends at its last whole line."""
    text = script.output.replace("\n", "")
    data = _BYTE.sub(lambda found: bytes.fromhex(found[1].decode("ascii")), text.encode("utf-8", "replace"))
    if text.endswith(_CUT):
        data = data[: data.rfind(b"\n") + 1]
    protocol = protocol_of(data, asked.service, asked.origin.port)
    if protocol:
        yield asked.origin.said(protocol, data, script.id)


def _description(script: Script, asked: Asked) -> Reading:
    """The value of one SNMP variable, as a line of a listing names it."""
    text = script.output.partition("\n  System uptime:")[0]
    if text.strip():
        line = f"SNMPv2-MIB::sysDescr.0 = STRING: {' '.join(text.split())}\n"
        yield asked.origin.said("snmp", line.encode("utf-8", "replace"), script.id, rebuilt=True)


def _upnp(script: Script, asked: Asked) -> Reading:
    """The search response, and the description if it lies on the device itself."""
    said = {found[1]: found[2] for line in script.output.splitlines() if (found := _LABELLED.fullmatch(line))}
    search = [(name.upper(), said[name]) for name in ("Server", "Location") if name in said]
    if search:
        yield asked.origin.said("ssdp", head_of(search), script.id, rebuilt=True)
    parts = [f"<{tag}>{escape(said[label])}</{tag}>" for label, tag in _DESCRIBED.items() if label in said]
    if parts and "Location" in said and not _leads_away(said["Location"], asked):
        page = f"<root><device>{''.join(parts)}</device></root>".encode("utf-8", "replace")
        yield asked.origin.said("upnp", page, script.id, rebuilt=True)


_FOLLOWING = frozenset({"http-title", "http-headers", "http-auth"})
_SCRIPTS: Mapping[str, Callable[[Script, Asked], Reading]] = MappingProxyType(
    {
        "banner": _banner,
        "http-auth": _challenges,
        "http-headers": _headers,
        "http-server-header": _server,
        "http-title": _title,
        "rtsp-methods": _methods,
        "snmp-sysdescr": _description,
        "ssl-cert": _certificate,
        "upnp-info": _upnp,
    }
)
PASSED = frozenset({"http-favicon", "broadcast-upnp-info", "broadcast-wsdd-discover", "wsdd-discover", "snmp-info"})
"""Scripts that ask what camscan asks too, but print no words of a device that can be laid at its door: a hash alone, or
answers under the address of the group."""
