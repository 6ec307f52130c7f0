"""Every capture of a service that is read over TCP, by ARP or from an SNMP listing decodes to the fields it states."""

import tomllib
from pathlib import Path

import pytest

from camscan.protocols.registry import load_protocols

FOLDERS = ("arp", "dvrip", "ftp", "hik_sdk", "rtsp", "snmp", "ssh", "telnet", "tls")
CAPTURES = sorted(path for name in FOLDERS for path in (Path(__file__).parent / "captures" / name).glob("*.toml"))


@pytest.mark.parametrize("path", CAPTURES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_capture_decodes_to_its_fields(path: Path) -> None:
    capture = tomllib.loads(path.read_text(encoding="utf-8"))
    data = bytes.fromhex(capture["reply"]) if capture["encoding"] == "hex" else capture["reply"].encode()
    fields = load_protocols()[capture["protocol"]].decode(data)
    expected = {k: tuple(v) if isinstance(v, list) else (v,) for k, v in capture["fields"].items()}
    assert {name: fields.get(name) for name in expected} == expected


def test_both_makers_and_a_neighbour_are_captured() -> None:
    makers = {path.stem.split("_")[0] for path in CAPTURES}
    assert {"hikvision", "dahua", "axis", "unknown"} <= makers
