"""Every record that a report or an export is made of, and what is done with each of its texts. The one list of it.

The rule: a field that nobody has thought of counts as a sentence (`Rule.TEXT`), of which unknown words go; a test finds
every field that is not here. Numbers, days and truth values stay.
"""

from collections.abc import Mapping

from camscan import change, decision, dossier, model, place, register, removal
from camscan.report.export.material import Material
from camscan.report.redaction.rule import By, Keyed, Rule, Treatment

K, V, T = Rule.KEEP, Rule.VALUE, Rule.TEXT

ATTRIBUTES: Mapping[str, Rule] = {
    **dict.fromkeys(("vendor", "brand", "model", "firmware", "build", "kind", "maker_model"), V),
    **dict.fromkeys(("family", "generation", "resolution", "capability", "services", "capabilities"), V),
    "serial": Rule.SERIAL, "mac": Rule.MAC, "uuid": Rule.UUID, "address": Rule.ADDRESS, "addresses": Rule.ADDRESSES,
    "district": Rule.DISTRICT, "site": Rule.SITE, "building": Rule.BUILDING, "room": Rule.ROOM,
}  # fmt: skip
"""Values of devices, by the attribute."""

_CHANGED = By("subject", {**ATTRIBUTES, "addresses": Rule.ADDRESS}, V)
_DECIDED = By("kind", {"ignore": Rule.IDS, "approve": T, "note": T, "tag": Rule.TAG}, Rule.DEVICE)
_WORDS = Keyed({"remedy": V, "source": V, "citation": T, "date": K, "fixed_in": V, "serious": K}, T)
_WHERE: Mapping[str, Treatment] = {
    "district": Rule.DISTRICT, "site": Rule.SITE, "building": Rule.BUILDING, "room": Rule.ROOM,
}  # fmt: skip

TREATMENTS: Mapping[type, Mapping[str, Treatment]] = {
    dossier.Heard: {"protocol": V, "transport": K, "request": T},
    dossier.Evidence: {
        "attribute": K, "value": By("attribute", ATTRIBUTES, T), "heard": T, "field": K, "text": T, "rule": K,
        "source": K, "date": K,
    },
    dossier.Sheet: {
        "uuid": Rule.UUID, "since": Rule.IDS, "unconfirmed": Rule.IDS, "untold": K, "vantages": Rule.VANTAGE,
    },
    dossier.Moment: {"there": V},
    dossier.Title: {"text": K, "why": K, "sources": K, "date": K},
    dossier.Dossier: {
        "place": Rule.PLACE, "channels": Rule.DEVICE, "titles": K, "names": K, "data": K, "masked": K,
    },
    model.Device: {
        "id": Rule.DEVICE, "record": Rule.DEVICE, "address": Rule.ADDRESS, "addresses": Rule.ADDRESS, "mac": Rule.MAC,
        "serial": Rule.SERIAL, "confidence": K, "channels": T, "tags": Rule.TAG, **_WHERE,
        **dict.fromkeys(("vendor", "brand", "model", "firmware", "build", "kind"), V),
    },
    model.Capability: {"id": V, "state": K, "evidence": T},
    model.Service: {"address": Rule.ADDRESS, "transport": K, "protocol": V},
    model.Middlebox: {"networks": Rule.NETWORK, "reason": T},
    model.Ignored: {"who": Rule.PERSON, "reason": Rule.HIDE},
    model.Finding: {
        "id": K, "severity": K, "evidence": T, "remedy": V, "source": V, "date": K, "state": K, "reason": T,
    },
    model.AdvisoryVerdict: {"id": K, "verdict": K, "reason": T, "fixed_in": V, "severity": K},
    model.PolicyVerdict: {"policy": Rule.IDS, "verdict": K, "reason": T, "citation": T, "date": K},
    model.Coverage: {
        "interface": Rule.INTERFACE, "network": Rule.NETWORK, "channel": T, "state": K, "reason": T,
    },
    model.ScanResult: {
        "id": Rule.SCAN, "scope": Rule.NETWORK, "vantage": Rule.VANTAGE, "failure": T, "data": K,
    },
    change.Change: {
        "event": K, "device": Rule.DEVICE, "address": Rule.ADDRESS, "name": V, "subject": Rule.IDS, "before": _CHANGED,
        "after": _CHANGED, "severity": K,
    },
    change.Comparison: {"unasked": T},
    decision.Decision: {
        "kind": K, "device": Rule.DEVICE, "subject": _DECIDED, "reason": Rule.HIDE, "who": Rule.PERSON,
        "withdrawn_by": Rule.PERSON, "withdrawn_reason": Rule.HIDE,
    },
    place.Location: _WHERE,
    register.ScanEntry: {
        "id": Rule.SCAN, "kind": K, "scope": Rule.NETWORK, "vantage": Rule.VANTAGE, "failure": T, "data": K,
        "tool_version": K,
    },
    register.Listed: {
        "id": Rule.DEVICE, "values": Keyed(ATTRIBUTES, T), "findings": K, "advisories": K, "ignored": Rule.IDS,
        "tags": Rule.TAG, "able": V, "further_serials": Rule.SERIAL, "further_macs": Rule.MAC,
    },
    register.Able: {"state": K},
    register.Standing: {"kind": K, "id": K, "severity": K, "said": _WORDS, "basis": _WORDS},
    register.Unit: {},
    Material: {"tool_version": K, "data": K, "names": K, "masked": K},
    removal.Said: {},
    removal.Removal: {},
    removal.SiteCount: {"level": K},
    removal.Progress: {"site": Rule.SITE},
}  # fmt: skip
"""The fields that hold texts; those that hold other records need no word."""

EMPTIED: Mapping[type, frozenset[str]] = {
    model.Device: frozenset({"claims", "conflicts", "observations", "channels"}),
    model.ScanResult: frozenset({"devices", "undecoded", "observations", "actions"}),
}
"""Fields that hold what devices said, word for word: nothing of it comes along. No report is made of them."""
