"""Patterns of model numbers: those of the makers' advisories take in what real devices report, and not its siblings."""

import pytest

from camscan.assess.pattern import match, problem

MATCHES = [
    ("DS-2CD2??2F-I*", "DS-2CD2132F-IS", "yes"),
    ("DS-2CD2??2F-I*", "ds-2cd2432f-iw", "yes"),
    ("DS-2CD2??2F-I*", "DS-2CD2142FWD-I", "no"),
    ("DS-2CD2??2F-I*", "DS-2CD2032-I", "no"),
    ("DS-2CD2??2FWD*", "DS-2CD2142FWD-IWS", "yes"),
    ("DS-2CD4?2?FWD*", "DS-2CD4A26FWD-IZHS", "yes"),
    ("DS-76??NI-Q1*(C)", "DS-7604NI-Q1/4P(C)", "yes"),
    ("DS-76??NI-Q1*(C)", "DS-7604NI-Q1/4P(D)", "no"),
    ("DS-76??NI-Q1*(C)", "DS-7604NI-Q1/4P", "revision"),
    ("DS-76??NI-Q1*(C)", "DS-7604NI-Q2/4P", "no"),
    ("DS-7604NI-K1/4P*(B)", "DS-7604NI-K1 / 4P(B)", "yes"),
    ("CS-CV310 Wifi IP66", "cs-cv310 wifi  ip66", "yes"),
    ("iDS-72??HQH*-M*(C)", "iDS-7208HQHI-M1(A)/S(C)", "yes"),
    ("iDS-72??HQHI-M1/E", "iDS-7208HQHI-M1/E(C)", "yes"),
    ("iDS-72??HQHI-M1/E", "iDS-7208HQHI-M1/S", "no"),
    ("DS-76??NXI-I*/S*", "DS-7608NXI-I2/8P/S", "yes"),
    ("DS-76??NXI-I*/S*", "DS-7608NXI-I2/16P/4S", "no"),
    ("DS-2CD1???G2[-*]", "DS-2CD1643G2-LIZU", "yes"),
    ("DS-2CD1???G2[-*]", "DS-2CD1043G2H-LIU", "no"),
    ("DS-2CD1??1[-*]", "DS-2CD1321-I", "yes"),
    ("DS-2CD1??1[-*]", "DS-2CD1021G0-I", "no"),
    ("IPC-????H[-*]", "IPC-T261H-MU", "yes"),
    ("IPC-????H[-*]", "IPC-B140HA", "no"),
    ("IPC-????H[-*]", "IPC-HFW1230S", "no"),
    ("[HL-]DVR-216Q-K2(E)", "HL-DVR-216Q-K2(E)", "yes"),
    ("[HL-]DVR-216Q-K2(E)", "DVR-216Q-K2", "revision"),
    ("IPC-H@2???*", "DH-IPC-HFW2431S-S-S2", "yes"),
    ("IPC-H@2???*", "IPC-HDBW2431E-S", "yes"),
    ("IPC-H@2???*", "IPC-HFW5242E-ZE", "no"),
    ("IPC-H@5?4?*", "IPC-HDBW5442E-ZE", "yes"),
    ("IPC-H@8???*", "IPC-HFW81230E-ZE", "yes"),
    ("NVR5???*-I[/*]", "NVR5832-I", "yes"),
    ("NVR5???*-I[/*]", "DHI-NVR5216-16P-EI", "no"),
    ("NVR6??-*", "NVR608-64-4KS2", "yes"),
    ("VTH542?H*", "DHI-VTH5422HW", "yes"),
    ("SD50*", "SD50230U-HNI", "yes"),
    ("SD50*", "SD59230U-HNI", "no"),
    ("ASI7????*", "DHI-ASI7213Y-V3", "yes"),
    ("XVR????*-X*", "XVR5104C-4KL-X", "yes"),
    ("CS-C6N-A0-1C2WFR", "CS-C6N-A0-1C2WFR-MUL", "no"),
]


@pytest.mark.parametrize(("pattern", "model", "expected"), MATCHES)
def test_a_pattern_takes_in_its_series_and_no_sibling(pattern: str, model: str, expected: str) -> None:
    assert match(pattern, model) == expected


@pytest.mark.parametrize(
    "pattern", ["", "*", "??*", "[DS]*", "A" * 65, "DS-{2}", "DS-[A[B]]", "DS-A]", "DS-1*2*3*4*5*", "DS\n1"]
)
def test_what_is_no_pattern(pattern: str) -> None:
    assert problem(pattern)


def test_a_hostile_model_number_costs_little() -> None:
    assert match("DS-1*1*1*1*2", "DS-" + "1" * 100_000) == "no"
