"""Reads the captures of a protocol, for the tests of its codec: a recorded reply, its fields, the device behind it."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from camscan.identify.identify import identify
from camscan.identify.knowledge_base import Knowledge, load_knowledge
from camscan.model import Device
from camscan.protocols.registry import load_protocols
from camscan.reply import Reply

DIRECTORY = Path(__file__).parent / "captures"


def captures(protocol: str) -> list[Any]:
    """The captures of a protocol as parameters of a test, named after their files."""
    paths = sorted((DIRECTORY / protocol).glob("*.toml"))
    return [pytest.param(tomllib.loads(path.read_text(encoding="utf-8")), id=path.stem) for path in paths]


def capture(protocol: str, name: str) -> bytes:
    """The bytes of one capture."""
    return data_of(tomllib.loads((DIRECTORY / protocol / f"{name}.toml").read_text(encoding="utf-8")))


def data_of(document: dict[str, Any]) -> bytes:
    """The bytes of the reply."""
    reply: str = document["reply"]
    return bytes.fromhex(reply) if document["encoding"] == "hex" else reply.encode()


def check_fields(document: dict[str, Any]) -> None:
    """Every field that the capture names decodes to the values it names."""
    fields = load_protocols()[document["protocol"]].decode(data_of(document))
    expected = {k: tuple(v) if isinstance(v, list) else (v,) for k, v in document["fields"].items()}
    assert {name: fields.get(name) for name in expected} == expected


def check_device(document: dict[str, Any]) -> None:
    """This reply alone is enough for what the capture says of the device, and for no more where it says ''."""
    device = judged(document)
    expected = {name: value or None for name, value in document["device"].items()}
    assert {name: getattr(device, name, None) for name in expected} == expected


def judged(document: dict[str, Any]) -> Device | None:
    """The device of a capture; None where the reply is no reason to list one (a MAC of nobody in particular)."""
    reply = Reply(
        address="192.0.2.1",
        protocol=document["protocol"],
        transport=document["transport"],
        port=document.get("port"),
        request=document["request"],
        data=data_of(document),
    )
    return next(iter(identify([reply], load_protocols(), _knowledge()).devices), None)


@cache
def _knowledge() -> Knowledge:
    return load_knowledge()
