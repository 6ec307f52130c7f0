"""What a device tells to whoever asks, without a login.

A scan knows how it asked. A recording made by others may have been answered because a login was sent, and mostly does
not say; then it cannot be said. The access classes follow the ONVIF core specification, section 5.9.4: only the date,
the services and the capabilities are for everybody.
"""

import re
from collections.abc import Iterator

from camscan.assess.exposure.case import Answer, Case, Unsaid, exposed, place, value
from camscan.model import Observation
from camscan.protocols import isapi, magicbox, onvif, rtsp

_OWN = {
    protocol.name: frozenset(request.name for request in protocol.requests if request.purpose == "question")
    for protocol in (rtsp.PROTOCOL, onvif.PROTOCOL, isapi.PROTOCOL, magicbox.PROTOCOL)
}
_WITHOUT = re.compile(r"without (?:a )?(?:credential|login)|unauthenticated|anonymous", re.IGNORECASE)
_WITH = re.compile(r"authenticated|credential|\bauth\b|digest|authorization|ws-security", re.IGNORECASE)

READ_SYSTEM = {
    "GetDeviceInformationResponse": "GetDeviceInformation",
    "GetScopesResponse": "GetScopes",
}
READ_SETTINGS = {
    "GetNetworkInterfacesResponse": "GetNetworkInterfaces",
    "GetProfilesResponse": "GetProfiles",
}
_UNKNOWN = "the recording does not tell whether a login was sent with the question"


def asked_with_login(observation: Observation) -> bool | None:
    """Whether a login was sent with the question; None where a recording does not tell."""
    request = observation.reply.request
    if request in _OWN.get(observation.reply.protocol, ()) or _WITHOUT.search(request):
        return False
    return True if _WITH.search(request) else None


def _free(observations: Iterator[Observation]) -> tuple[list[Observation], bool]:
    """Those that were given without a login, and whether there are more of which that is not known."""
    asked = [(asked_with_login(o), o) for o in observations]
    return [o for login, o in asked if login is False], any(login is None for login, _ in asked)


def _answer(told: Iterator[Observation], what: dict[str, str] | str, sure: float) -> Answer:
    """Exposed by the answers given without a login; `what` names them, by their `answer` field where it is a table."""
    free, unknown = _free(told)
    named = [(what if isinstance(what, str) else what[value(o, "answer") or ""], o) for o in free]
    found = exposed([f"{place(o)} answers {name} without a login" for name, o in named], sure)
    return found or (Unsaid(reason=_UNKNOWN) if unknown else None)


def rtsp_without_login(case: Case) -> Answer:
    """DESCRIBE of a path of the makers was answered with a description and without a login. Whether the stream is also
    sent is not tried. Cannot be said where its server knows neither path, or a recording does not tell how it was
    asked.
    """
    described = [o for o in case.said("rtsp") if value(o, "status") == "200" and _holds_description(o)]
    if described:
        return _answer(iter(described), "DESCRIBE of a stream", 0.9)
    spoken = list(case.said("rtsp"))
    if spoken and not any(value(o, "status") == "401" for o in spoken):
        return Unsaid(reason="its RTSP server neither described a stream of the makers' paths nor asked for a login")
    return None


def _holds_description(observation: Observation) -> bool:
    return any(name.startswith("sdp_") for name in observation.fields)


def _onvif(case: Case, operations: dict[str, str]) -> Answer:
    found = _answer((o for o in case.said("onvif") if value(o, "answer") in operations), operations, 0.95)
    if found is None and case.by_protocol.get("onvif") and not _refuses(case):
        return Unsaid(reason="it speaks ONVIF, and neither an answer to these questions nor a refusal is known")
    return found


def _refuses(case: Case) -> bool:
    faults = any(value(o, "answer") == "Fault" for o in case.said("onvif"))
    return faults or any(_is_onvif(o) and value(o, "status") in ("401", "403") for o in case.said("http"))


def _is_onvif(observation: Observation) -> bool:
    """Whether an HTTP reply is to a question of ONVIF."""
    request = observation.reply.request
    return request in _OWN[onvif.PROTOCOL.name] or "onvif" in request.lower()


def onvif_identity_without_login(case: Case) -> Answer:
    """GetDeviceInformation or GetScopes was answered without a login."""
    return _onvif(case, READ_SYSTEM)


def onvif_settings_without_login(case: Case) -> Answer:
    """GetNetworkInterfaces or GetProfiles was answered without a login."""
    return _onvif(case, READ_SETTINGS)


def web_api_without_login(case: Case) -> Answer:
    """ISAPI gave its DeviceInfo, or magicBox.cgi its device type, without a login."""
    told = [o for o in case.said("isapi") if value(o, "answer") == "DeviceInfo"] + list(case.said("magicbox"))
    return _answer(iter(told), "the maker's web interface", 0.95)


def basic_login_in_clear_text(case: Case) -> Answer:
    """A 401 over HTTP or RTSP, without TLS, offers a Basic login; less sure where it offers digest too."""
    offers = [o for o in case.said("http", "rtsp") if "basic" in o.fields.get("auth_scheme", ())]
    plain = [o for o in offers if not case.is_encrypted(o)]
    only = [o for o in plain if set(o.fields["auth_scheme"]) == {"basic"}]
    pieces = [f"{place(o)} asks for a Basic login over {o.reply.protocol.upper()} without TLS" for o in only or plain]
    return exposed(pieces, 0.95 if only else 0.7)
