"""What ids are called on a page: severities, events, states, bands. The English is here, other languages in their
catalogues; of an id that has no words the id is shown.
"""

from collections.abc import Mapping

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
MASKED = {
    "address": "addresses", "network": "networks", "MAC": "MAC addresses", "UUID": "UUIDs", "serial": "serial numbers",
    "device id": "ids of devices", "district": "districts", "site": "sites", "building": "buildings", "room": "rooms",
    "tag": "tags", "person": "people", "vantage": "vantages", "interface": "interfaces", "scan id": "ids of scans",
    "inventory": "names of the inventory", "title": "titles", "name": "other names", "policy": "policies of the owner",
    "remark": "remarks",
}  # fmt: skip
ALL: Mapping[str, Mapping[str, str]] = {
    "severity": SEVERITY, "event": EVENT, "state": STATE, "age": AGE, "verdict": VERDICT, "kind": KIND,
    "masked": MASKED,
}  # fmt: skip


def words_of(spoken: Language) -> dict[str, dict[str, str]]:
    """All of them in a language, by what they are words for."""
    return {name: {key: str(spoken.say(text)) for key, text in table.items()} for name, table in ALL.items()}
