"""Whether a device is managed over clear text.

A page that only leads to HTTPS is no management. What is known of TLS depends on the ports that were tried, which a
recording does not tell.
"""

from collections.abc import Iterator

from camscan.assess.exposure.case import Answer, Case, Unsaid, exposed, place, value
from camscan.model import Observation
from camscan.protocols import http, page, tls

_INTERFACES = ("isapi", "magicbox", "onvif", "rpc2")
_LOGIN_OR_PAGE = ("200", "401", "403")
_TLS_PORTS = frozenset((*tls.PORTS, *http.TLS_PORTS))


def clear_text_management(case: Case) -> Answer:
    """A web page, a login or an interface (ISAPI, magicBox, RPC2, ONVIF) answers without TLS. A page that only leads to
    HTTPS is none.
    """
    return exposed([_sentence(o) for o in _plain(case)], 0.95)


def _sentence(observation: Observation) -> str:
    name = "web pages" if observation.reply.protocol == "http" else observation.reply.protocol
    return f"{place(observation)} answers {name} without TLS"


def _plain(case: Case) -> Iterator[Observation]:
    """What was answered without TLS, the pages only where they are more than a signpost to HTTPS."""
    for observation in case.said(*_INTERFACES, "http"):
        port = observation.reply.port
        if observation.reply.transport != "tcp" or port is None or port in _TLS_PORTS or case.is_encrypted(observation):
            continue
        if observation.reply.protocol != "http" or _is_page(observation):
            yield observation


def _is_page(observation: Observation) -> bool:
    if value(observation, "status") not in _LOGIN_OR_PAGE:
        return False
    targets = list(page.targets(value(observation, "body") or ""))
    return not targets or not all(target.lower().startswith("https:") for target in targets)


def tls_missing(case: Case) -> Answer:
    """It is managed over clear text, the ports for TLS were tried, and none is open. Cannot be said of a recording, or
    where such a port is open and no handshake came about.
    """
    if case.encrypted or not any(_plain(case)):
        return None
    opened = {service.port for service in case.device.services if service.transport == "tcp"}
    asked = case.around.asked_ports
    if asked is None:
        return Unsaid(reason="it is not recorded whether a port for TLS was tried")
    tried = sorted(_TLS_PORTS & asked)
    if not tried:
        return Unsaid(reason=f"no port for TLS was tried ({', '.join(map(str, sorted(_TLS_PORTS)))})")
    if opened & _TLS_PORTS:
        return Unsaid(reason=f"port {min(opened & _TLS_PORTS)} is open, but no TLS handshake came about")
    return exposed([f"none of the ports {', '.join(map(str, tried))} is open"], 0.85)
