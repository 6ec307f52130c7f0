"""A protocol is a codec, its fingerprints and a capture; none of the three may stand alone."""

from pathlib import Path

import pytest

from camscan.datafile import default_directory, load_toml
from camscan.identify.field_names import DERIVED
from camscan.protocols.registry import load_protocols

CAPTURES = Path(__file__).parent / "captures"
IDENTIFYING = [name for name, protocol in load_protocols().items() if protocol.identifies]
NOT_A_PROTOCOL = {*DERIVED, "vendors", "oui", "lifecycle", "affiliates", "exposures", "known_models"}


@pytest.mark.parametrize("name", IDENTIFYING)
def test_a_protocol_has_fingerprints(name: str) -> None:
    assert load_toml(default_directory() / f"{name}.toml")["protocol"] == name


@pytest.mark.parametrize("name", IDENTIFYING)
def test_a_protocol_has_a_capture(name: str) -> None:
    captures = list((CAPTURES / name).glob("*.toml"))
    assert captures
    assert {load_toml(path)["protocol"] for path in captures} == {name}


def test_no_fingerprints_without_a_protocol() -> None:
    files = {path.stem for path in default_directory().glob("*.toml")}
    assert files - NOT_A_PROTOCOL <= set(IDENTIFYING)


def test_no_captures_without_a_protocol() -> None:
    assert {path.name for path in CAPTURES.iterdir() if path.is_dir()} <= set(load_protocols())


def test_a_protocol_is_named_like_its_module() -> None:
    modules = {path.stem for path in (Path(__file__).parent.parent / "camscan" / "protocols").glob("*.py")}
    assert set(load_protocols()) <= modules
