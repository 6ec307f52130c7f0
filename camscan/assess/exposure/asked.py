"""What is known of how a reply was come by: with a login or without, over clear text or not.

A scan knows. A recording made by others may have been answered because a login was sent, and mostly does not say: its
`request` is free text, of which only a few plain phrases are understood, and a path that a client chose says nothing.
"""

import re

from camscan.assess.exposure.case import Case, number, value
from camscan.model import Observation
from camscan.protocols import http, isapi, magicbox, onvif, rtsp, tls

OWN_CHANNEL = "tcp"  # a turn of camscan itself, in a scan or in the recording of one
TLS_PORTS = frozenset((*tls.PORTS, *http.TLS_PORTS))
_PLAIN_PORTS = frozenset((*http.PORTS, *rtsp.PORTS))
_OWN = {
    protocol.name: frozenset(request.name for request in protocol.requests if request.purpose == "question")
    for protocol in (rtsp.PROTOCOL, onvif.PROTOCOL, isapi.PROTOCOL, magicbox.PROTOCOL, http.PROTOCOL)
}
_OVER_HTTP = frozenset().union(
    *(_OWN[p.name] for p in (http.PROTOCOL, onvif.PROTOCOL, isapi.PROTOCOL, magicbox.PROTOCOL))
)
"""The names of questions whose answer may be no more than HTTP: a refusal, a page that is not there."""
_FROM_ELSEWHERE = ("imported", "captured")
_CAPTURED = re.compile(r"\bcaptured$")  # by which a packet capture is told: nobody knows what else was sent
_PATH = re.compile(r"\S*/\S*")
_WITHOUT = re.compile(
    r"\b(?:without (?:a |any )?(?:credentials?|login|authentication)|no (?:credentials?|login|auth)"
    r"|unauthenticated|not authenticated)\b",
    re.IGNORECASE,
)
_WITH = re.compile(
    r"\b(?:authenticated|(?:with|using) (?:a |the )?(?:\w+ )?(?:credentials?|login|auth|password)"
    r"|(?:digest|basic) auth|authori[sz]ation|ws-security)\b|\(auth\)|--digest|[&?]password=",
    re.IGNORECASE,
)


def asked_with_login(observation: Observation) -> bool | None:
    """Whether a login was sent with the question; None where that is not known."""
    reply = observation.reply
    if reply.channel in _FROM_ELSEWHERE or _CAPTURED.search(reply.request):
        return None
    if reply.request in (_OVER_HTTP if reply.protocol == http.PROTOCOL.name else _OWN.get(reply.protocol, ())):
        return False
    text = _PATH.sub(" ", reply.request.replace("w/o", "without"))
    without = bool(_WITHOUT.search(text))
    sent = bool(_WITH.search(_WITHOUT.sub(" ", text)))
    return None if without == sent else sent


def over_clear_text(case: Case, observation: Observation) -> bool | None:
    """Whether what was said there can be read on the way; None where it is not known whether the port speaks TLS."""
    port, channel = observation.reply.port, observation.reply.channel
    if case.is_encrypted(observation):
        return False
    if port in TLS_PORTS or port in ports_for_https(case) or channel in _FROM_ELSEWHERE:
        return None
    return True if channel == OWN_CHANNEL or port in _PLAIN_PORTS else None


def ports_for_https(case: Case) -> set[int]:
    """The ports that the device itself names for HTTPS."""
    named = {number(value(o, "https_port"), 5) for o in case.said("dhdiscover")}
    return {port for port in named if port}
