"""Whether a device is managed over clear text.

A port whose pages only lead to HTTPS is a signpost, whatever icon it also serves; a login that it asks for all the same
is management. What is known of TLS depends on the ports that were tried, which a recording does not tell.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from camscan.assess.exposure.asked import TLS_PORTS, over_clear_text, ports_for_https
from camscan.assess.exposure.case import CLEAR, Answer, Case, Unsaid, exposed, place, value
from camscan.model import Observation
from camscan.protocols import http

_OTHERS = (http.RANDOM_PATH.name, http.FAVICON.name)
_REDIRECTS = ("301", "302", "303", "307", "308")
_TO_TLS = re.compile(
    r"""location(?:\.href|\.protocol)?\s{0,8}=\s{0,8}["']https:"""
    r"""|location\.(?:replace|assign)\(\s{0,8}["']https:"""
    r"""|\brefresh\b[^<>]{0,100}\burl\s{0,8}=\s{0,8}["']?https:""",
    re.IGNORECASE,
)
_SENDS_ON = re.compile(r"\blocation\b", re.IGNORECASE)
_HEAD = 4096  # characters of a page in which it sends its reader elsewhere
_TELLING = {"isapi": "ISAPI", "magicbox": "magicBox.cgi", "rpc2": "RPC2", "onvif": "ONVIF"}

Shown = tuple[Observation, str]
"""Something that a device is managed by, and how that is said."""


def clear_text_management(case: Case) -> Answer:
    """A login, a web page or an interface answers without TLS."""
    if not case.heard("http", *_TELLING):
        return case.unheard("a web page or interface", http.PORTS)
    seen = list(_management(case))
    plain = [sentence for o, sentence in seen if over_clear_text(case, o)]
    if plain:
        return exposed(plain, 0.9)
    unknown = [o for o, _ in seen if over_clear_text(case, o) is None]
    if unknown:
        return Unsaid(reason=f"{place(unknown[0])} is managed by HTTP; whether it speaks TLS is not recorded")
    unclear = [o for o in case.said("http") if over_clear_text(case, o) and _is_unclear(o)]
    if unclear:
        return Unsaid(
            reason=f"{place(unclear[0])} shows a page of which it cannot be read whether it only leads to HTTPS"
        )
    return CLEAR


def _management(case: Case) -> Iterator[Shown]:
    for observation in case.said(*_TELLING):
        if observation.reply.transport == "tcp" and value(observation, "answer") != "Fault":
            yield observation, f"{place(observation)} answers {_TELLING[observation.reply.protocol]} without TLS"
    endpoints: dict[tuple[str, int], list[Observation]] = defaultdict(list)
    for observation in (o for o in case.said("http") if o.reply.port is not None):
        endpoints[observation.reply.address, observation.reply.port or 0].append(observation)
    for pages in endpoints.values():
        is_signpost = any(map(_leads_to_tls, pages))
        yield from ((o, f"{place(o)} asks for a login without TLS") for o in pages if _asks_for_login(o))
        yield from () if is_signpost else ((o, said) for o in pages if (said := _shows(o)))


def _leads_to_tls(observation: Observation) -> bool:
    """Whether it sends its reader to HTTPS: by Location, by Refresh, by a page or a script that says so plainly."""
    told = (value(observation, "location") or "", value(observation, "refresh") or "")
    return any("https:" in text.lower() for text in told) or bool(_TO_TLS.search(_head_of(observation)))


def _is_unclear(observation: Observation) -> bool:
    """Whether a page speaks of HTTPS and of going elsewhere, and not plainly of both at once."""
    head = _head_of(observation)
    return "https:" in head.lower() and bool(_SENDS_ON.search(head)) and not _TO_TLS.search(head)


def _head_of(observation: Observation) -> str:
    return (value(observation, "body") or "")[:_HEAD]


def _asks_for_login(observation: Observation) -> bool:
    return value(observation, "status") == "401" and "auth_scheme" in observation.fields


def _shows(observation: Observation) -> str | None:
    """What it shows of management beside a login: a page, or the way to one. An icon or an error shows nothing."""
    status = value(observation, "status")
    if observation.reply.request in _OTHERS:
        return None
    if status == "200" and _is_page(observation) and not _is_unclear(observation):
        return f"{place(observation)} shows a web page without TLS"
    if status in _REDIRECTS and value(observation, "location"):
        return f"{place(observation)} leads to a web page without TLS"
    return None


def _is_page(observation: Observation) -> bool:
    kind = value(observation, "content_type") or ""
    return "xhtml" in kind or (
        "xml" not in kind and ("title" in observation.fields or "<html" in _head_of(observation).lower())
    )


def tls_missing(case: Case) -> Answer:
    """It is managed over clear text, the ports for TLS were tried, and none is open."""
    if case.encrypted:
        return CLEAR
    if not case.heard("http", *_TELLING):
        return case.unheard("a web page or interface", http.PORTS)
    if not any(over_clear_text(case, o) for o, _ in _management(case)):
        return CLEAR
    asked = case.around.asked_ports
    if asked is None:
        return Unsaid(reason="it is not recorded whether a port for TLS was tried")
    tried = sorted(TLS_PORTS & asked)
    if not tried:
        return Unsaid(reason=f"no port for TLS was tried ({', '.join(map(str, sorted(TLS_PORTS)))})")
    return _unheard_tls(case, asked) or exposed([f"none of the ports {', '.join(map(str, tried))} is open"], 0.85)


def _unheard_tls(case: Case, asked: frozenset[int]) -> Unsaid | None:
    """Why there may be TLS all the same."""
    opened = {service.port for service in case.device.services if service.transport == "tcp"} & TLS_PORTS
    if opened:
        return Unsaid(reason=f"port {min(opened)} is open, but no TLS handshake came about")
    others = ports_for_https(case) - asked
    return Unsaid(reason=f"it names port {min(others)} for HTTPS, of which no handshake is known") if others else None
