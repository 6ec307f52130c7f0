"""What ids are called on a page: severities, events, states, bands. The English is here, other languages in their
catalogues; of an id that has no words the id is shown.
"""

from collections.abc import Mapping

from markupsafe import Markup

from camscan.report.html.language import Language

SEVERITY = {
    "critical": "critical", "high": "high", "medium": "medium", "low": "low", "info": "info", "none": "nothing found",
}  # fmt: skip
EVENT = {
    "new": "New",
    "returned": "Back again",
    "gone": "Gone: asked, and did not answer",
    "moved": "Moved to another address",
    "changed": "Changed",
    "exposed": "Newly exposed",
    "no-longer-exposed": "No longer exposed",
    "affected": "Newly affected by a vulnerability",
    "no-longer-affected": "No longer affected by a vulnerability",
    "severity-raised": "More severe than before",
    "newly-exploited": "Newly exploited by attackers",
    "exception-ended": "Ignored until now: the exception has ended",
    "approval-ended": "Approved until now: the approval has ended",
}
STATE = {"partial": "not to the end", "not-possible": "not possible"}
AGE = {
    "under-1": "under 1 year", "1-to-2": "1 to 2 years", "2-to-3": "2 to 3 years", "3-to-5": "3 to 5 years",
    "5-to-8": "5 to 8 years", "over-8": "over 8 years", "unknown": "not known",
}  # fmt: skip
VERDICT = {
    "covered": "covered", "not-covered": "not covered", "cannot-say": "cannot be said", "fixed": "fixed",
    "not-affected": "not affected", "affected": "affected",
}  # fmt: skip
KIND = {
    "camera": "camera", "recorder": "video recorder", "intercom": "video intercom",
    "access-control": "access control", "thermal-camera": "thermal camera", "anpr-camera": "number plate camera",
    "doorbell": "doorbell with camera", "encoder": "video encoder or decoder", "switch": "network switch",
    "printer": "printer", "router": "router", "nas": "network storage", "server": "server", "phone": "telephone",
    "television": "television or media player", "bmc": "management controller", "computer": "computer",
    "access-point": "wireless access point", "alarm-panel": "alarm panel", "other": "something else",
}  # fmt: skip
PAPER = {
    "rows": "The first %(n)s of %(all)s rows. All of them are on the page of camscan report --html.",
    "articles": "Left out here: %(all)s devices are more than the %(n)s that are told one by one on paper."
    " All of them are on the page of camscan report --html.",
}
ABILITY = {
    "face-recognition": "comparing faces with a library", "face-detection": "finding and capturing faces",
    "body-analysis": "describing people: clothing, age, gender", "gait-recognition": "recognising people by their walk",
    "people-counting": "counting people", "human-vehicle-detection": "telling people and vehicles from other motion",
    "anpr": "reading number plates", "fingerprint": "reading fingerprints", "card-reader": "reading cards or tags",
    "microphone": "taking sound: a microphone or an input for one",
    "speaker": "playing sound: a loudspeaker or an output for one", "two-way-audio": "speech in both directions",
    "audio-analytics": "judging sound: screams, glass, gunshots", "ptz": "being turned and zoomed from afar",
    "motor-zoom": "motorised lens", "fisheye": "fisheye or panoramic view", "infrared": "infrared light",
    "white-light": "visible light", "strobe-light": "warning light", "thermal": "thermal image",
    "temperature-measurement": "measuring temperature", "fire-detection": "detecting fire or smoke",
    "motion-detection": "detecting motion", "perimeter-detection": "detecting who crosses a line or area",
    "storage-card": "recording on a card of its own", "cloud": "being reached through the maker's cloud",
    "wifi": "wireless network", "cellular": "mobile network", "battery": "running on a battery",
    "onvif": "speaking ONVIF", "poe-ports": "powering other devices over Ethernet",
    "video-intercom": "video call at a door", "door-control": "opening a door",
}  # fmt: skip
CONCERN = {
    "people": "Telling people and their things apart", "sound": "Sound", "picture": "What it sees",
    "storage": "Where pictures go", "other": "Other",
}  # fmt: skip
ABILITIES_BY_CONCERN: Mapping[str, tuple[str, ...]] = {
    "people": (
        "face-recognition", "face-detection", "body-analysis", "gait-recognition", "people-counting",
        "human-vehicle-detection", "anpr", "fingerprint", "card-reader",
    ),
    "sound": ("microphone", "speaker", "two-way-audio", "audio-analytics"),
    "picture": (
        "ptz", "motor-zoom", "fisheye", "infrared", "white-light", "thermal", "temperature-measurement",
        "fire-detection", "motion-detection", "perimeter-detection",
    ),
    "storage": ("storage-card", "cloud", "wifi", "cellular"),
    "other": ("video-intercom", "door-control", "strobe-light", "battery", "onvif", "poe-ports"),
}  # fmt: skip
"""Every capability once, under what it concerns of the people who are seen: those that concern them most come first."""

TOLD = {
    "cloud-enabled": "The maker's cloud, or access by a public network, is switched on",
    "port-forwarded": "A gateway forwards a port from outside to it",
    "rtsp-without-login": "A video stream is described to anybody",
    "web-api-without-login": "The maker's web interface answers without a login",
    "onvif-settings-without-login": "ONVIF tells settings without a login",
    "never-activated": "Nobody has set a password yet",
    "discovery-across-router": "The maker's discovery is let through a router",
    "telnet-open": "Telnet is open",
    "clear-text-management": "It is managed over clear text",
}
MASKED = {
    "address": "addresses", "network": "networks", "MAC": "MAC addresses", "UUID": "UUIDs", "serial": "serial numbers",
    "device id": "ids of devices", "district": "districts", "site": "sites", "building": "buildings", "room": "rooms",
    "tag": "tags", "person": "people", "vantage": "vantages", "interface": "interfaces", "scan id": "ids of scans",
    "inventory": "names of the inventory", "title": "titles", "name": "other names", "policy": "policies of the owner",
    "remark": "remarks",
}  # fmt: skip
ALL: Mapping[str, Mapping[str, str]] = {
    "severity": SEVERITY, "event": EVENT, "state": STATE, "age": AGE, "verdict": VERDICT, "kind": KIND,
    "ability": ABILITY, "concern": CONCERN, "told": TOLD, "paper": PAPER, "masked": MASKED,
}  # fmt: skip


def words_of(spoken: Language) -> dict[str, dict[str, Markup]]:
    """All of them in a language, by what they are words for; escaped already, as markup."""
    return {name: {key: spoken.say(text) for key, text in table.items()} for name, table in ALL.items()}
