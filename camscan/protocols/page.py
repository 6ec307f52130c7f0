"""Reads a web page as a fingerprint needs it: the title, and where the page sends its reader next.

Pages of devices are not well-formed, so nothing is parsed as a tree; the patterns are bounded and cannot backtrack. A
next page is only ever one on the same host and port, of a path that looks like a page; the query is dropped, since
what identifies a page is its name.
"""

import re
from collections.abc import Iterator
from html import unescape
from ipaddress import ip_address
from urllib.parse import urljoin, urlsplit

from camscan.probe import Endpoint

PAGE_LIMIT = 64 * 1024  # characters looked at: title and redirect stand at the top of a page
TARGETS_LIMIT = 8  # redirects read from one page; a login page has one or two

_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{0,512})", re.IGNORECASE)
_REFRESH = re.compile(r"<meta\b[^<>]{0,200}\brefresh\b[^<>]{0,100}\burl\s*=\s*['\"]?([^'\"<>\s]{1,300})", re.IGNORECASE)
_SCRIPT = re.compile(
    r"\blocation(?:\.href)?\s{0,8}=\s{0,8}['\"]([^'\"<>\s]{1,300})['\"]"
    r"|\blocation\.(?:replace|assign)\(\s{0,8}['\"]([^'\"<>\s]{1,300})['\"]",
    re.IGNORECASE,
)
_PAGE = re.compile(r"/(?:[\w~-]+(?:\.[\w~-]+)*/)*(?:[\w~-]+(?:\.(?:html?|shtml|xhtml|aspx?|php|jsp))?)?", re.ASCII)
ACTIONS = re.compile(
    r"cgi|isapi|psia|onvif|rpc2|/sdk|goform|boafrm|/form|action|logout|reboot|restart|reset|format|upgrade|update"
    r"|delete|shutdown|poweroff|halt|factory|default|restore|erase|exec",
    re.IGNORECASE,
)
"""Words in the paths at which devices do something; none of them is ever asked for because a device named it."""

PATH_LIMIT = 200  # characters; a login page has a short name, a long one is somebody's payload


def title(text: str) -> str:
    """The title of the page with entities resolved and white space folded, '' where there is none."""
    found = _TITLE.search(text[:PAGE_LIMIT])
    return " ".join(unescape(found[1]).split()) if found else ""


def targets(text: str) -> Iterator[str]:
    """Where the page sends its reader, as written: meta refresh first, then script."""
    head = text[:PAGE_LIMIT]
    for _, match in zip(range(TARGETS_LIMIT), _REFRESH.finditer(head), strict=False):
        yield unescape(match[1])
    for _, match in zip(range(TARGETS_LIMIT), _SCRIPT.finditer(head), strict=False):
        yield match[1] or match[2]


def next_path(endpoint: Endpoint, here: str, target: str) -> str | None:
    """The path to ask for to follow `target` from `here`; None where it leads elsewhere or to no page."""
    path = path_at(endpoint, here, target.strip())
    return path if path and is_page(path) else None


def path_at(endpoint: Endpoint, here: str, target: str) -> str | None:
    """The path of `target`, as `here` names it, without its query; None where it is not on this endpoint."""
    origin = f"{'https' if endpoint.tls else 'http'}://{endpoint.host}"
    try:
        there = urlsplit(urljoin(origin + here, target))
        same = there.scheme == urlsplit(origin).scheme and _is_endpoint(endpoint, there.hostname, there.port)
    except ValueError:
        return None
    return (there.path or "/") if same else None


def _is_endpoint(endpoint: Endpoint, host: str | None, port: int | None) -> bool:
    """Whether host and port are those of the endpoint. Raises ValueError where the host is no address."""
    usual = 443 if endpoint.tls else 80
    return ip_address(host or "") == ip_address(endpoint.address) and (port or usual) == endpoint.port


def is_page(path: str) -> bool:
    """Whether a path names a page a browser would open, rather than something a device would do."""
    return len(path) <= PATH_LIMIT and bool(_PAGE.fullmatch(path)) and not ACTIONS.search(path)
