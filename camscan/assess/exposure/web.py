"""Whether a device is managed over clear text.

A port whose pages only lead to HTTPS is a signpost, whatever icon it also serves. What is known of TLS depends on the
ports that were tried, which a recording does not tell.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from camscan.assess.exposure.asked import TLS_PORTS, over_clear_text
from camscan.assess.exposure.case import Answer, Case, Unsaid, exposed, number, place, value
from camscan.model import Observation
from camscan.protocols import http

_PAGES = (http.ROOT.name, http.PAGE.name)
_OTHERS = (http.RANDOM_PATH.name, http.FAVICON.name)
_REDIRECTS = ("301", "302", "303", "307", "308")
_TO_TLS = re.compile(
    r"(?:location|protocol|refresh)\b.{0,200}?https:|https://.{0,200}?\blocation\b", re.IGNORECASE | re.DOTALL
)
_HEAD = 4096  # characters of a page in which it sends its reader elsewhere
_TELLING = {"isapi": "ISAPI", "magicbox": "magicBox.cgi", "rpc2": "RPC2", "onvif": "ONVIF"}

Endpoint = tuple[str, int | None]


def clear_text_management(case: Case) -> Answer:
    """A login, a web page or an interface answers without TLS."""
    seen = list(_management(case))
    plain = [sentence for o, sentence in seen if over_clear_text(case, o)]
    unknown = [o for o, _ in seen if over_clear_text(case, o) is None]
    if not plain and unknown:
        return Unsaid(reason=f"{place(unknown[0])} is managed by HTTP; whether it speaks TLS is not recorded")
    heard = any(case.said("http", *_TELLING))
    return exposed(plain, 0.9) or (None if heard else case.unheard("a web page or interface"))


def _management(case: Case) -> Iterator[tuple[Observation, str]]:
    """What a device is managed by, and how that is said."""
    for observation in case.said(*_TELLING):
        if observation.reply.transport == "tcp" and value(observation, "answer") != "Fault":
            yield observation, f"{place(observation)} answers {_TELLING[observation.reply.protocol]} without TLS"
    for pages in _by_endpoint(case).values():
        if not any(map(_leads_to_tls, pages)):
            yield from ((o, said) for o in pages if (said := _shows(o)))


def _by_endpoint(case: Case) -> dict[Endpoint, list[Observation]]:
    found: dict[Endpoint, list[Observation]] = defaultdict(list)
    for observation in case.said("http"):
        if observation.reply.port is not None:
            found[observation.reply.address, observation.reply.port].append(observation)
    return found


def _leads_to_tls(observation: Observation) -> bool:
    """Whether it sends its reader to HTTPS: by Location, by Refresh, by a page or a script."""
    told = (value(observation, "location") or "", value(observation, "refresh") or "")
    if any("https:" in text.lower() for text in told):
        return True
    return bool(_TO_TLS.search((value(observation, "body") or "")[:_HEAD]))


def _shows(observation: Observation) -> str | None:
    """What of management it shows: a login asked for, a page, or the way to one; '' of that in an icon or an error."""
    status = value(observation, "status")
    if status == "401" and "auth_scheme" in observation.fields:
        return f"{place(observation)} asks for a login without TLS"
    if observation.reply.request in _OTHERS:
        return None
    if status == "200" and _is_page(observation):
        return f"{place(observation)} shows a web page without TLS"
    if status in _REDIRECTS and value(observation, "location"):
        return f"{place(observation)} leads to a web page without TLS"
    return None


def _is_page(observation: Observation) -> bool:
    body, kind = value(observation, "body") or "", value(observation, "content_type") or ""
    return "xml" not in kind and ("title" in observation.fields or "<html" in body[:_HEAD].lower())


def tls_missing(case: Case) -> Answer:
    """It is managed over clear text, the ports for TLS were tried, and none is open."""
    plain = [o for o, _ in _management(case) if over_clear_text(case, o)]
    if case.encrypted or not plain:
        return None if case.encrypted or case.by_protocol.get("http") else case.unheard("a web page or interface")
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
    named = {number(value(o, "https_port"), 5) for o in case.said("dhdiscover")} - {None, 0} - asked
    return Unsaid(reason=f"it names port {named.pop()} for HTTPS, which was not tried") if named else None
