"""What model numbers, firmware and serials say by themselves, all rules of a set together: the winner, and silence."""

import pytest

from camscan.identify.fuse import NAMED
from camscan.identify.knowledge_base import Knowledge, load_knowledge
from camscan.identify.soundness import as_fields

ALIKE = {
    "model": [
        "IPC", "IPC-model", "IPCamera", "IP Camera", "IPC_NT98567S48MP", "IPC2125LR3-PF40-D", "TL-IPC642K", "IPC-A",
        "631GA", "NVR", "XVR", "HCVR", "DVR", "31", "NVR302-09S2", "NVR1004H-4P", "NVR-7072", "XVR302-16G",
        "SD9364-EHL", "SD436", "DS-1621", "DS-918+", "DS-C9148-48P-K9", "DSL-N16", "DCS-2530L", "DS", "CS-1000",
        "CP-7945G", "CP1215", "VB-M50", "PT-RW730", "KX-NS700", "KX-HTS32", "QCA9531", "VIP X1", "VIP-880",
        "LND-6072R", "TVL-19SLIM", "MX-2610N", "AD2410", "C500", "C800", "I7", "N52", "NR52", "NC220", "A-47",
        "T4A", "H4C", "W461", "M3045-V", "P3245-LVE", "GXP2140", "DFI6256TE", "LaserJet 400", "ECOSYS M2540dn",
        "RX-V685", "6024PB-XMA502", "Orbit-360", "Virtual Camera", "IPC3614LB-SF28-A", "IPC6612SR-X33-VG", "NVR304-32S",
        "XVR301-08G", "TC-A32L4", "TD-2708NS-HP", "RLC-410-5MP", "SN-IPR54", "IPC-MW12", "IPC-HX200", "IPC-HD1080P",
        "IPC-EW10", "SD4000", "DS-215j", "DS-1817+", "DS-3000", "DS-7500", "DS-K100", "DS-E04", "DS-MP100", "DS-P200",
        "DS-D5010", "NVR-4108", "XVR-5108", "DVR5104", "VTO100", "ASI-7213", "ITC-5", "TPC-100", "PTZ12X", "PTZ1080",
        "IPC-B140", "IPC-T100", "IPC-S100", "CS-1234-56789", "IP2M", "VIP 4000", "HEN-1", "KX-1000", "N44PAB",
    ],
    "firmware": [
        "V5.00.R02.00031812.10010.140900.0000000", "v3.1.0.2368_23062508", "3.0.0.2368_23062508", "2.6.0.130",
        "8.71.0066", "5.40.9.2", "V6.26", "V1.0.0014", "WC.16.11.0004", "1.0", "V5.5.6", "10.0", "5.34.0.12180",
        "2.400.0.8", "3.2.1.305503",
    ],
    "serial": [
        "404712345600000012", "00000001", "111111111111111111", "23A595V0000011", "ACCC8E001122",
        "00112233445566778899aabbccddeeff", "0011223344556677", "Virtual-123456789", "4E01A2BPAG00C1D",
    ],
}  # fmt: skip
"""Other makers' devices, generic names and shapes that others share: none may be called Hikvision's or Dahua's."""


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


def said(knowledge: Knowledge, **fields: str) -> dict[str, str]:
    """The best claim of who made it, as what it is sold and what it is, where strong enough to be stated."""
    best: dict[str, tuple[float, str]] = {}
    for name in ("model", "firmware", "serial"):
        for match in knowledge.rule_set(name).matches(as_fields(fields)):
            for attribute, value in match.claims.items():
                if attribute in ("vendor", "brand", "model", "kind"):
                    best[attribute] = max(best.get(attribute, (0.0, "")), (match.rule.confidence, value))
    return {attribute: value for attribute, (confidence, value) in best.items() if confidence >= NAMED}


def abilities(knowledge: Knowledge, model: str) -> set[str]:
    matches = knowledge.rule_set("model").matches(as_fields({"model": model}))
    return {match.claims["capability"] for match in matches if "capability" in match.claims}


@pytest.mark.parametrize(("field", "text"), [(field, text) for field, texts in ALIKE.items() for text in texts])
def test_look_alikes_are_not_called_hikvision_or_dahua(knowledge: Knowledge, field: str, text: str) -> None:
    claims = said(knowledge, **{field: text})
    assert claims.get("vendor") not in ("hikvision", "dahua")
    assert claims.get("brand") not in ("hikvision", "dahua", "annke", "hilook", "lorex", "gss", "kbvision")


@pytest.mark.parametrize(
    ("model", "vendor", "brand", "kind"),
    [
        ("DS-2CD2347G2-LU", "hikvision", "hikvision", "camera"),
        ("DS-2DE4425IW-DE(T5)", "hikvision", "hikvision", "camera"),
        ("iDS-2CD7A46G0/P-IZHSY", "hikvision", "hikvision", "camera"),
        ("DS-2TD2628-10/QA", "hikvision", "hikvision", "thermal-camera"),
        ("DS-TCG227-AIR", "hikvision", "hikvision", "anpr-camera"),
        ("DS-7732NXI-I4/16P/S", "hikvision", "hikvision", "recorder"),
        ("iDS-7204HUHI-M1/S", "hikvision", "hikvision", "recorder"),
        ("DS-KD8003-IME1", "hikvision", "hikvision", "intercom"),
        ("DS-K1T680DF-E1", "hikvision", "hikvision", "access-control"),
        ("DS-3E0318P-E/M", "hikvision", "hikvision", "switch"),
        ("DS-I214W(C)", "hikvision", "hiwatch", "camera"),
        ("HWI-T240H-U", "hikvision", "hiwatch", "camera"),
        ("IPC-T261H-MU", "hikvision", "hilook", "camera"),
        ("NVR-216MH-C/16P(D)", "hikvision", "hilook", "recorder"),
        ("CS-BC1C-A0-2C2WPBL", "hikvision", "ezviz", "camera"),
        ("CS-DB2C-A0-1E3W3FR", "hikvision", "ezviz", "doorbell"),
        ("IPC-HDW2831T-AS-S2", "dahua", "dahua", "camera"),
        ("DH-IPC-HFW5442E-ZE", "dahua", "dahua", "camera"),
        ("DHI-NVR4216-16P-4KS2/L", "dahua", "dahua", "recorder"),
        ("NVR5432-4KS2", "dahua", "dahua", "recorder"),
        ("DH-XVR5216AN-I3", "dahua", "dahua", "recorder"),
        ("DH-SD49425XB-HNR", "dahua", "dahua", "camera"),
        ("TPC-BF5421-TB7", "dahua", "dahua", "thermal-camera"),
        ("DHI-ITC215-PW6M-IRLZF-B", "dahua", "dahua", "anpr-camera"),
        ("VTO2202F-P", "dahua", "dahua", "intercom"),
        ("DHI-ASI6214J-MFW", "dahua", "dahua", "access-control"),
        ("IP8M-T2599EW", "dahua", "amcrest", "camera"),
        ("RVCM52P1600A", "dahua", "risco-vupoint", "camera"),
        ("IPC-B2B40-ZS", "dahua", "ez-ip", "camera"),
        ("IPC-C26EP", "dahua", "imou", "camera"),
        ("IPC-T5842T-ZE", "dahua", None, "camera"),
        ("CP-UNC-VC41L3C-VMD", None, "cp-plus", "camera"),
        ("BCS-TIP8601AIR-IV", None, "bcs", "camera"),
        ("LNB9292B", None, "lorex", "camera"),
        ("TVN-1008CS", None, "truvision", "recorder"),
        ("RLC-811A", "reolink", None, "camera"),
        ("VIGI-C440I", "tp-link", "vigi", None),
    ],
)
def test_a_model_number_tells_maker_brand_and_kind(
    knowledge: Knowledge, model: str, vendor: str | None, brand: str | None, kind: str | None
) -> None:
    expected = {"vendor": vendor, "brand": brand, "kind": kind}
    assert said(knowledge, model=model) == {name: value for name, value in expected.items() if value}


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("DS-2CD2T87G2-LSU/SL", {"microphone", "speaker", "strobe-light", "white-light"}),
        ("DS-2CD2743G2-IZS", {"infrared", "motor-zoom"}),
        ("DS-2CD2042WD-I", {"infrared"}),
        ("DS-K1T342MFWX", {"face-recognition", "fingerprint", "card-reader", "wifi", "door-control"}),
        ("iDS-9632NXI-M8/X", {"face-recognition"}),
        ("DS-2CD6825G0/C-IVS", {"people-counting", "infrared"}),
        ("DH-IPC-HFW3849T1-AS-PV", {"microphone", "storage-card", "speaker", "strobe-light"}),
        ("DHI-NVR4108HS-8P-4KS2", {"poe-ports"}),
        ("VTO2211G-WP", {"door-control", "video-intercom", "wifi"}),
        ("C800", set()),
    ],
)
def test_a_model_number_tells_what_it_can_do(knowledge: Knowledge, model: str, expected: set[str]) -> None:
    assert abilities(knowledge, model) == expected


def test_a_neutral_build_keeps_the_maker_and_loses_the_brand(knowledge: Knowledge) -> None:
    claims = said(knowledge, model="IPC-HFW2431S-S-S2", manufacturer="General")
    assert claims == {"vendor": "dahua", "kind": "camera"}


def test_a_plain_number_names_a_brand_only_beside_the_maker(knowledge: Knowledge) -> None:
    assert "brand" not in said(knowledge, model="N842A8")
    assert said(knowledge, model="N842A8", vendor="dahua")["brand"] == "lorex"
    assert said(knowledge, model="C800", vendor="hikvision")["brand"] == "annke"


@pytest.mark.parametrize(
    ("firmware", "vendor", "brand"),
    [
        ("2.800.0000000.25.R", "dahua", None),
        ("V2.800.00AC003.0.R", "dahua", "amcrest"),
        ("2.800.00IB002.0.R", "dahua", "intelbras"),
        ("2.800.1AYB000.0.R", "dahua", None),
        ("4.003.0000000.1", "dahua", None),
        ("2.420.Dahua 00.14.R", "dahua", None),
        ("V5.00.R02.000309B3.10010.140900", "xiongmai", None),
    ],
)
def test_a_firmware_tells_its_maker(knowledge: Knowledge, firmware: str, vendor: str, brand: str | None) -> None:
    expected = {"vendor": vendor} | ({"brand": brand} if brand else {})
    assert said(knowledge, firmware=firmware) == expected


def test_a_shape_of_firmware_that_others_share_is_a_hint_only(knowledge: Knowledge) -> None:
    fields = as_fields({"firmware": "V5.7.3", "build": "build 220112"})
    (match,) = knowledge.rule_set("firmware").matches(fields)
    assert match.claims == {"vendor": "hikvision"}
    assert match.rule.confidence < NAMED


@pytest.mark.parametrize(
    ("serial", "expected"),
    [
        ("DS-2CD2143G2-IS20220311AAWRK55667788", {"vendor": "hikvision", "model": "DS-2CD2143G2-IS"}),
        ("DS-7616NI-K2/16P1620210304CCRRF55667788WCVU", {"vendor": "hikvision"}),
        ("CS-H8C-R100-1K2WKFL0120220311CCRRK55667788", {"vendor": "hikvision"}),
        ("AMC1F2E3D4C5B6A70", {"vendor": "dahua", "brand": "amcrest"}),
        ("ND021905001122", {"brand": "lorex"}),
    ],
)
def test_a_serial_tells_what_it_spells(knowledge: Knowledge, serial: str, expected: dict[str, str]) -> None:
    assert said(knowledge, serial=serial) == expected


def test_a_stated_model_is_not_cut_out_of_the_serial(knowledge: Knowledge) -> None:
    claims = said(knowledge, serial="DS-2CD2143G2-IS20220311AAWRK55667788", model="DS-2CD2143G2-IS")
    assert "model" not in claims


def test_a_rebrand_s_number_names_the_maker_only_where_the_brand_has_one(knowledge: Knowledge) -> None:
    rules = {rule.id: rule for rule in knowledge.rule_set("model")}
    rebrands = [rule for rule in rules.values() if rule.claims.get("brand") in knowledge.vocabulary.brands]
    for rule in rebrands:
        maker = next(
            (r.claims["vendor"] for r in (rule, rules.get(f"{rule.id}-maker")) if r and "vendor" in r.claims), None
        )
        assert maker in (None, knowledge.vocabulary.brands[rule.claims["brand"]].sole_maker), rule.id
