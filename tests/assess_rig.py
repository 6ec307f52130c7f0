"""Devices to be assessed, and the shipped data they are held against."""

from functools import cache
from typing import Any

from camscan.assess.assessment import Assessment
from camscan.cli.known import load_known
from camscan.model import Claim, Device


def device(*, sure: float = 1.0, maker_model: str | None = None, **stated: Any) -> Device:
    """A device of which only what is given is known, as sure as given."""
    names = ("vendor", "brand", "model", "firmware", "build", "kind")
    known = {name: stated.get(name) for name in names}
    claim = Claim(
        attribute="maker_model",
        value=maker_model or "",
        confidence=0.9,
        rule="r",
        observation="o",
        field="model",
        text="",
        source="",
    )
    return Device(
        id="address-10.0.0.5",
        address="10.0.0.5",
        addresses=("10.0.0.5",),
        mac=None,
        serial=None,
        capabilities=(),
        confidence={name: sure for name, value in known.items() if value},
        claims=(claim,) if maker_model else (),
        conflicts=(),
        services=(),
        observations=(),
        channels=(),
        middlebox=stated.get("middlebox"),
        **known,
    )


@cache
def shipped() -> Assessment:
    """The data that came along."""
    return load_known().assessment
