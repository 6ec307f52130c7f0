"""What a device gives to whoever asks, without a login.

The access classes follow the default access policy of the ONVIF core specification: device information, scopes and
interfaces are READ_SYSTEM, profiles READ_MEDIA, and both need a user.
"""

from collections.abc import Iterable, Mapping

from camscan.assess.exposure.asked import asked_with_login, over_clear_text
from camscan.assess.exposure.case import Answer, Case, Unsaid, exposed, place, value
from camscan.model import Observation
from camscan.protocols import onvif, rtsp

_IDENTITY = {
    "GetDeviceInformation": (onvif.DEVICE_INFORMATION.name,),
    "GetScopes": (onvif.SCOPES.name,),
}
_SETTINGS = {
    "GetNetworkInterfaces": (onvif.NETWORK_INTERFACES.name,),
    "GetProfiles": (onvif.PROFILES.name, onvif.PROFILES_ELSEWHERE.name),
}
_REFUSALS = ("notauthorized", "not authorized", "unauthorized", "authentication", "authority failure")
_DESCRIBES = (rtsp.DESCRIBE_HIKVISION.name, rtsp.DESCRIBE_DAHUA.name)
_UNKNOWN = "it is not recorded whether a login was sent with the question"


def rtsp_without_login(case: Case) -> Answer:
    """A DESCRIBE was answered with the description of a stream. Whether the stream is also sent is not tried."""
    described = [o for o in case.said("rtsp") if value(o, "status") == "200" and _is_description(o)]
    found = _given(described, "describes a stream", 0.9)
    if found is not None:
        return found
    asked = [o for o in case.said("rtsp") if o.reply.request in _DESCRIBES or "describe" in o.reply.request.lower()]
    settled = {_where(o) for o in asked if value(o, "status") == "401"}
    open_ones = [o for o in asked if _where(o) not in settled and o not in described]
    if open_ones:
        return Unsaid(
            reason=f"{place(open_ones[0])} neither described a stream of the makers' paths nor asked for a login"
        )
    return None if asked else case.unheard("an RTSP DESCRIBE")


def _where(observation: Observation) -> tuple[str, int | None]:
    return observation.reply.address, observation.reply.port


def _is_description(observation: Observation) -> bool:
    """Whether it is SDP (RFC 8866) of at least one medium: some servers answer 200 and nothing, or a page."""
    return "sdp_version" in observation.fields and "sdp_media" in observation.fields


def _given(told: Iterable[Observation], what: str, sure: float) -> Answer:
    """Exposed where it was given without a login; Unsaid where only that is not known of any of them."""
    asked = [(o, asked_with_login(o)) for o in told]
    found = exposed([f"{place(o)} {what} without a login" for o, login in asked if login is False], sure)
    unknown = any(login is None for _, login in asked)
    return found or (Unsaid(reason=_UNKNOWN) if unknown else None)


def onvif_identity_without_login(case: Case) -> Answer:
    """GetDeviceInformation or GetScopes was answered."""
    return _onvif(case, _IDENTITY)


def onvif_settings_without_login(case: Case) -> Answer:
    """GetNetworkInterfaces or GetProfiles was answered."""
    return _onvif(case, _SETTINGS)


def _onvif(case: Case, operations: Mapping[str, tuple[str, ...]]) -> Answer:
    told = [(name, o) for name in operations for o in case.said("onvif") if value(o, "answer") == f"{name}Response"]
    answers = [_given([o], f"answers {name}", 0.95) for name, o in told]
    pieces = [piece for answer in answers if answer and not isinstance(answer, Unsaid) for piece in answer.evidence]
    if pieces:
        return exposed(pieces, 0.95)
    unknown = next((answer for answer in answers if isinstance(answer, Unsaid)), None)
    if unknown or _refused(case, operations):
        return unknown
    if case.by_protocol.get("onvif"):
        return Unsaid(reason=f"it speaks ONVIF; to {' and '.join(operations)} neither an answer nor a refusal is known")
    return case.unheard("ONVIF")


def _refused(case: Case, operations: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether one of these very questions was refused for want of a login."""
    names = {name for requests in operations.values() for name in requests}
    asked = [
        o
        for o in case.said("onvif", "http")
        if o.reply.request in names or any(operation in o.reply.request for operation in operations)
    ]
    return any(value(o, "status") in ("401", "403") or _is_refusal(o) for o in asked)


def _is_refusal(observation: Observation) -> bool:
    faults = " ".join(observation.fields.get("fault", ())).lower()
    return value(observation, "answer") == "Fault" and any(word in faults for word in _REFUSALS)


def web_api_without_login(case: Case) -> Answer:
    """The maker's own interface told what it is: ISAPI its DeviceInfo, magicBox.cgi its type, version or serial."""
    told = [o for o in case.said("isapi") if value(o, "answer") == "DeviceInfo"] + list(case.said("magicbox"))
    asked = told or case.by_protocol.get("isapi")
    return _given(told, "answers the maker's web interface", 0.95) if asked else case.unheard("ISAPI or magicBox.cgi")


def basic_login_in_clear_text(case: Case) -> Answer:
    """A 401 over HTTP or RTSP, without TLS, offers a Basic login."""
    offers = [o for o in case.said("http", "rtsp") if "basic" in o.fields.get("auth_scheme", ())]
    open_ones = [o for o in offers if over_clear_text(case, o)]
    only = [o for o in open_ones if set(o.fields["auth_scheme"]) == {"basic"}]
    also = "" if only else ", beside digest"
    pieces = [
        f"{place(o)} offers a Basic login over {o.reply.protocol.upper()} without TLS{also}" for o in only or open_ones
    ]
    unknown = [o for o in offers if over_clear_text(case, o) is None]
    if not pieces and unknown:
        return Unsaid(reason=f"{place(unknown[0])} offers a Basic login; whether it speaks TLS is not recorded")
    heard = any(case.said("http", "rtsp"))
    return exposed(pieces, 0.95 if only else 0.7) or (None if heard else case.unheard("HTTP or RTSP"))
