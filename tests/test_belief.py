"""What is only believed never makes a value likelier than not, however many replies repeat it."""

from dataclasses import replace

import pytest

from camscan.identify.fuse import UNVERIFIED, UNVERIFIED_LIMIT, rank
from camscan.identify.witness import Witnesses
from camscan.model import Claim, Observation
from camscan.reply import Reply

PROTOCOLS = ("sadp", "onvif", "http")
BELIEVED = Claim(
    attribute="brand",
    value="grundig",
    confidence=0.5,
    rule="model-grundig",
    observation="",
    field="model",
    text="GD-CI-AC2616T",
    source=f"{UNVERIFIED} the prefix is general knowledge",
)


def support(claims: list[Claim]) -> float:
    """How much claims weigh, the first from the first protocol and so on."""
    heard = [
        Observation(
            id=protocol,
            reply=Reply(address="192.0.2.1", protocol=protocol, transport="tcp", port=1, request="", data=b""),
            fields={},
            channels=("recorded",),
        )
        for protocol in PROTOCOLS
    ]
    told = [replace(claim, observation=protocol) for claim, protocol in zip(claims, PROTOCOLS, strict=False)]
    ((_, weight),) = rank("brand", told, Witnesses(heard))
    return weight


def test_belief_repeated_stays_belief() -> None:
    assert support([BELIEVED] * 3) == UNVERIFIED_LIMIT


def test_belief_adds_nothing_to_what_is_shown() -> None:
    shown = replace(BELIEVED, confidence=0.8, source="the brand's own manual")
    assert support([shown, BELIEVED]) == pytest.approx(0.8)


def test_two_that_are_shown_add_up() -> None:
    shown = replace(BELIEVED, source="the brand's own manual")
    assert support([shown, shown]) == pytest.approx(0.75)
