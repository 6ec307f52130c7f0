"""What a device gives to whoever asks, without a login.

The access classes follow the default access policy of the ONVIF core specification: device information, scopes and
interfaces are READ_SYSTEM, profiles READ_MEDIA, and both need a user.
"""

import re
from collections.abc import Iterable, Mapping

from camscan.assess.exposure.asked import asked_with_login, over_clear_text
from camscan.assess.exposure.case import CLEAR, Answer, Case, Unsaid, exposed, place, value
from camscan.model import Observation
from camscan.protocols import http, onvif, rtsp

_DEVICE_SERVICE = (onvif.SCOPES.name, onvif.DEVICE_INFORMATION.name, onvif.NETWORK_INTERFACES.name, onvif.DATE.name)
_IDENTITY = {
    "GetDeviceInformation": (onvif.DEVICE_INFORMATION.name,),
    "GetScopes": (onvif.SCOPES.name,),
}
_SETTINGS = {
    "GetNetworkInterfaces": (onvif.NETWORK_INTERFACES.name,),
    "GetProfiles": (onvif.PROFILES.name, onvif.PROFILES_ELSEWHERE.name),
}
_SETTLING = re.compile(
    r"(?:^|:)(?:NotAuthorized|ActionNotSupported|OptionalActionNotImplemented)$|^Sender not Authorized"
)
_DESCRIBES = (rtsp.DESCRIBE_HIKVISION.name, rtsp.DESCRIBE_DAHUA.name)
_UNKNOWN = "it is not recorded whether a login was sent with the question"
_AFTER_LOGIN = "it is only known what it answers after a login"

Endpoint = tuple[str, int | None]


def _where(observation: Observation) -> Endpoint:
    return observation.reply.address, observation.reply.port


def _given(told: Iterable[Observation], what: str, sure: float) -> Answer:
    """Exposed where it was given without a login; Unsaid where that is not known, or only what comes after a login;
    None where nothing was given."""
    asked = [(o, asked_with_login(o)) for o in told]
    found = exposed([f"{place(o)} {what} without a login" for o, login in asked if login is False], sure)
    if found or not asked:
        return found
    return Unsaid(reason=_UNKNOWN if any(login is None for _, login in asked) else _AFTER_LOGIN)


def rtsp_without_login(case: Case) -> Answer:
    """A DESCRIBE was answered with the description of a stream. Whether the stream is also sent is not tried."""
    if not case.heard("rtsp"):
        return case.unheard("RTSP", rtsp.PORTS)
    described = [o for o in case.said("rtsp") if value(o, "status") == "200" and _is_description(o)]
    refused = {_where(o) for o in case.said("rtsp") if value(o, "status") == "401"}
    given = _given((o for o in described if _where(o) not in refused), "describes a stream", 0.9)
    if given is not None:
        return given
    asked = [o for o in case.said("rtsp") if o.reply.request in _DESCRIBES or "describe" in o.reply.request.lower()]
    open_ones = [o for o in (*asked, *case.said("rtsp")) if _where(o) not in refused]
    if open_ones:
        return Unsaid(
            reason=f"{place(open_ones[0])} neither described a stream of the makers' paths nor asked for a login"
        )
    return CLEAR


def _is_description(observation: Observation) -> bool:
    """Whether it is SDP (RFC 8866) of picture or sound: some servers answer 200 and nothing, or a page."""
    media = observation.fields.get("sdp_media", ())
    return "sdp_version" in observation.fields and any(text.startswith(("video", "audio")) for text in media)


def onvif_identity_without_login(case: Case) -> Answer:
    """GetDeviceInformation or GetScopes was answered."""
    return _onvif(case, _IDENTITY)


def onvif_settings_without_login(case: Case) -> Answer:
    """GetNetworkInterfaces or GetProfiles was answered."""
    return _onvif(case, _SETTINGS)


def _onvif(case: Case, operations: Mapping[str, tuple[str, ...]]) -> Answer:
    if not case.heard("onvif"):
        return case.unheard("ONVIF", (*http.PORTS, *http.TLS_PORTS))
    told = [(name, o) for name in operations for o in case.said("onvif") if value(o, "answer") == f"{name}Response"]
    free = [f"{place(o)} answers {name} without a login" for name, o in told if asked_with_login(o) is False]
    if free:
        return exposed(free, 0.95)
    if any(asked_with_login(o) is None for _, o in told):
        return Unsaid(reason=_UNKNOWN)
    spoken = {_where(o) for o in case.said("onvif")}
    open_ones = [name for name in operations if any(not _is_settled(case, operations[name], name, at) for at in spoken)]
    if open_ones:
        return Unsaid(reason=f"it speaks ONVIF; to {' and '.join(open_ones)} neither an answer nor a refusal is known")
    return CLEAR


def _is_settled(case: Case, names: tuple[str, ...], operation: str, endpoint: Endpoint) -> bool:
    """Whether this operation was refused there to somebody without a login, or is not there at all."""
    for o in (o for o in case.said("onvif", "http") if _where(o) == endpoint and asked_with_login(o) is False):
        own = o.reply.request in names or operation in o.reply.request
        guarded = o.reply.request in _DEVICE_SERVICE and names[0] in _DEVICE_SERVICE  # one path, one guard
        if value(o, "status") in ("401", "403") and (own or guarded):
            return True
        if own and any(_SETTLING.search(text) for text in o.fields.get("fault", ())):
            return True
    return False


def web_api_without_login(case: Case) -> Answer:
    """The maker's own interface told what it is: ISAPI its DeviceInfo, magicBox.cgi its type, version or serial."""
    told = [o for o in case.said("isapi") if value(o, "answer") == "DeviceInfo"] + list(case.said("magicbox"))
    found = _given(told, "answers the maker's web interface", 0.95)
    if found is not None:
        return found
    refused = any(case.said("isapi")) or (any(case.said("http")) and not case.is_recorded)
    return CLEAR if refused else case.unheard("ISAPI or magicBox.cgi", http.PORTS)


def basic_login_in_clear_text(case: Case) -> Answer:
    """A 401 over HTTP or RTSP, without TLS, offers a Basic login."""
    if not case.heard("http", "rtsp"):
        return case.unheard("HTTP or RTSP", http.PORTS)
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
    return exposed(pieces, 0.95 if only else 0.7) or CLEAR
