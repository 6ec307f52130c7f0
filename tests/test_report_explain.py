import json
from dataclasses import replace

import pytest

from camscan.model import Capability, Conflict
from camscan.probe import ArpSweep, IcmpEcho, OverHttp, Protocol, Recorded, Request, Tcp, Udp
from camscan.report.explain import as_explanation, explanation
from camscan.report.requests import as_request_rows, as_request_table
from tests.report_rig import HOSTILE, camera, claim, device, hostile, middlebox, published


def equal(attribute: str, one: str, other: str) -> bool:
    return one == other


def test_what_speaks_for_a_value_and_what_against_it() -> None:
    reasoning = explanation(published(camera()), equal)
    vendor = next(a for a in reasoning["attributes"] if a["attribute"] == "vendor")
    assert (vendor["value"], vendor["confidence"]) == ("hikvision", 0.97)
    assert [e["value"] for e in vendor["evidence"]] == ["hikvision"]
    assert [e["value"] for e in vendor["against"]] == ["dahua"]
    assert vendor["conflicts"][0]["reason"] == "replies disagree"


def test_the_text_names_value_reply_field_rule_and_source() -> None:
    text = as_explanation(explanation(published(camera()), equal))
    assert "vendor: hikvision  (97% sure)\n  + 97% hikvision\n" in text
    assert '      sadp inquiry at 10.0.0.9 port 37020: model is "hikvision"\n' in text
    assert "      rule rule-vendor (sadp.toml, 2026-11-22), https://example.org/source\n" in text
    assert "  - 50% dahua\n" in text
    assert "  ! replies disagree: hikvision (97%), dahua (50%)\n" in text


def test_a_conflict_without_support_shows_no_percentage() -> None:
    conflict = Conflict(attribute="serial", values=(("A1", 0.0), ("B2", 0.0)), reason="one address, two serials")
    text = as_explanation(explanation(published(device("10.0.0.5", conflicts=(conflict,))), equal))
    assert "  ! one address, two serials: A1, B2\n" in text


def test_it_begins_with_maker_and_brand_and_why() -> None:
    branded = replace(camera(), claims=(*camera().claims, claim("brand", "annke", 0.8)))
    reasoning = explanation(published(branded), equal)
    assert reasoning["summary"] == [
        'Made by hikvision (97% sure), because sadp says model "hikvision".',
        'Sold as annke, because sadp says model "annke".',
        "1 conflict speaks against it: the lines that begin with !.",
    ]
    assert "Made by hikvision (97% sure), because" in as_explanation(reasoning)
    own = replace(branded, brand="hikvision", claims=(*camera().claims, claim("brand", "hikvision", 0.8)))
    assert "Sold under the maker's own name, because" in explanation(published(own), equal)["summary"][1]
    nobody = explanation(published(device("10.0.0.5")), equal)
    assert nobody["summary"] == ["Who made it is not proved."]


def test_a_capability_says_how_it_is_known_and_that_present_is_not_enabled() -> None:
    known = (
        Capability(id="ptz", state="inferred", enabled=None, evidence=("rule-capability",)),
        Capability(id="speaker", state="observed", enabled=False, evidence=("rule-capability",)),
    )
    claims = (claim("capability", "ptz", 0.9), claim("capability", "speaker", 0.9), claim("capability", "wifi", 0.2))
    reasoning = explanation(published(replace(camera(), capabilities=known, claims=claims)), equal)
    assert [(c["id"], c["state"], c["enabled"]) for c in reasoning["capabilities"]] == [
        ("ptz", "inferred", None),
        ("speaker", "observed", False),
    ]
    assert [e["rule"] for c in reasoning["capabilities"] for e in c["evidence"]] == ["rule-capability"] * 2
    text = as_explanation(reasoning)
    assert "  ptz: inferred, its model number says so; whether it is enabled was not said\n" in text
    assert "  speaker: observed, the device says that it has it; switched off\n" in text
    assert "  wifi: not stated, what was heard is too weak\n" in text
    assert "A later firmware may add capabilities" in text


def test_a_conflict_about_what_nobody_claims_is_shown_too() -> None:
    conflict = Conflict(
        attribute="address", values=(("10.0.0.99", 0.0),), reason="its sadp reply names another address"
    )
    text = as_explanation(explanation(published(device("10.0.0.5", conflicts=(conflict,))), equal))
    assert "address\n  ! its sadp reply names another address: 10.0.0.99\n" in text


def test_the_data_of_an_explanation_holds_every_claim_and_every_conflict_once() -> None:
    record = published(replace(camera(), claims=(*camera().claims, claim("capability", "ptz"), claim("uuid", "u"))))
    reasoning = explanation(record, equal)
    claims = [e for a in reasoning["attributes"] for e in (*a["evidence"], *a["against"])]
    claims += [e for c in reasoning["capabilities"] for e in c["evidence"]] + reasoning["weak_capabilities"]
    assert sorted(map(str, claims)) == sorted(str(e.model_dump(mode="json")) for e in record.evidence)
    conflicts = [c for a in reasoning["attributes"] for c in a["conflicts"]]
    assert conflicts == [c.model_dump(mode="json") for c in record.conflicts]


def test_a_middlebox_is_explained_without_its_thousand_addresses() -> None:
    text = as_explanation(explanation(published(middlebox()), equal))
    assert text.startswith(
        "10.0.0.1 and 253 other addresses  (address-10.0.0.1)\nA middlebox, or as many alike devices"
    )
    assert "devices that tell nothing of their own: 254 of 254 addresses" in text
    assert "It looks made by hikvision (50% sure), because" in text
    assert "10.0.0.7" not in text


def test_a_middlebox_without_a_maker_is_no_row_of_devices() -> None:
    text = as_explanation(explanation(published(replace(middlebox(), vendor=None)), equal))
    assert "\nA middlebox: 254 of 254" in text


def test_thousands_of_claims_are_each_held_against_the_value_once() -> None:
    many = tuple(claim("model", f"DS-{n}") for n in range(8000))
    kinds = tuple(claim(f"odd-{n}", "x") for n in range(8000))
    record = published(device("10.0.0.5", model="DS-7", claims=many + kinds, observations=camera().observations))
    asked: list[str] = []
    reasoning = explanation(record, lambda name, one, other: asked.append(one) or one == other)
    model = next(a for a in reasoning["attributes"] if a["attribute"] == "model")
    assert [e["value"] for e in model["evidence"]] == ["DS-7"]
    assert len(model["against"]) == len(asked) - 1 == 7999
    assert as_explanation(reasoning).count("\n  + ") == 8001


def test_unknown_is_explained_too() -> None:
    weak = device("10.0.0.5", claims=(claim("vendor", "dahua", 0.2),), observations=camera().observations)
    text = as_explanation(explanation(published(weak), equal))
    assert "vendor: unknown, what was heard is too weak\n  + 20% dahua\n" in text
    assert "\nUnknown, nothing was heard: brand, model, firmware, build, serial, kind, mac.\n" in text


@pytest.mark.parametrize("text", HOSTILE)
def test_the_explanation_of_a_hostile_device_is_fit_to_be_shown(text: str) -> None:
    reasoning = explanation(published(hostile(text)), equal)
    shown = as_explanation(reasoning)
    assert all(c.isprintable() or c == "\n" for c in shown)
    assert len(shown) < 10_000
    assert json.dumps(reasoning, allow_nan=False)


def protocol(name: str, channel: Udp | Tcp | OverHttp | ArpSweep | IcmpEcho | Recorded, *requests: Request) -> Protocol:
    return Protocol(name=name, title=name.upper(), channel=channel, requests=requests, decode=lambda data: {})


def test_every_request_is_listed_with_where_it_goes_and_what_for() -> None:
    ask = Request(name="ask", payload=b"<ask/>")
    login = Request(name="challenge", payload=b"\x00\xff", purpose="login challenge, no credential")
    listed = as_request_rows(
        [
            protocol("web", OverHttp(), ask),
            protocol("tcp", Tcp(ports=(80, 443), tls_ports=(443,)), ask, login),
            protocol("cast", Udp(port=37020, group="239.255.255.250", broadcast=True), ask),
        ]
    )
    assert [(r["protocol"], r["request"], r["transport"], r["ports"], r["to"]) for r in listed] == [
        ("cast", "ask", "udp", [37020], "udp 37020 multicast broadcast"),
        ("tcp", "ask", "tcp", [80, 443], "tcp 80 443"),
        ("tcp", "challenge", "tcp", [80, 443], "tcp 80 443"),
        ("web", "ask", "tcp", [], "tcp ports that speak HTTP"),
    ]
    assert (listed[0]["encoding"], listed[0]["payload"]) == ("text", "<ask/>")
    assert (listed[2]["encoding"], listed[2]["payload"]) == ("hex", "00ff")


def test_channels_without_ports_are_listed_too() -> None:
    ask = Request(name="ask", payload=b"")
    listed = as_request_rows(
        [protocol("a", ArpSweep(), ask), protocol("b", IcmpEcho(), ask), protocol("c", Recorded(), ask)]
    )
    assert [(r["transport"], r["to"]) for r in listed] == [
        ("ethernet", "ethernet"),
        ("icmp", "icmp"),
        ("none", "nobody, read from recordings"),
    ]


def test_the_table_of_requests_counts_those_that_carry_no_login() -> None:
    login = Request(name="challenge", payload=b"x", purpose="login challenge, no credential")
    text = as_request_table([protocol("p", Tcp(ports=(1,)), Request(name="ask", payload=b""), login)])
    assert "2 requests, 1 of them questions that carry no login." in text
