"""What an advisory is held against: the parts of a device that say which product it is, and how sure they are."""

from dataclasses import dataclass

from camscan.assess.firmware import Firmware, read_firmware
from camscan.assess.pattern import MODEL_LIMIT
from camscan.model import Device

FIRMWARE_LIMIT = 128  # characters of a version or a build; the longest with both has 45
NUMBERS_LIMIT = 8  # of the maker behind one rebrand; there is one
OWN_BRANDS = {
    "hikvision": frozenset({"hilook", "hiwatch", "ezviz"}),
    "dahua": frozenset({"imou", "ez-ip"}),
}
"""Names under which a maker sells with model numbers that its own advisories speak of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A device as advisories see it. `maker_models` are the maker's own numbers behind a rebrand, best first.

    `rebranded`: sold under a name whose model numbers the maker's advisories do not use. `sure` is the weakest of what
    identifies it.
    """

    maker: str | None
    brand: str | None
    kind: str | None
    model: str | None
    maker_models: tuple[str, ...]
    firmware: Firmware
    rebranded: bool
    sure: float


def subject_of(device: Device) -> Subject:
    """The device, seen so. Only its firmware counts, never the version of a web page."""
    behind = sorted((c for c in device.claims if c.attribute == "maker_model"), key=lambda claim: -claim.confidence)
    numbers = dict.fromkeys(claim.value[:MODEL_LIMIT] for claim in behind[:NUMBERS_LIMIT])
    used = [name for name in ("vendor", "model", "firmware", "build") if getattr(device, name) is not None]
    return Subject(
        maker=device.vendor,
        brand=device.brand,
        kind=device.kind,
        model=device.model and device.model[:MODEL_LIMIT],
        maker_models=tuple(numbers),
        firmware=read_firmware(_cut(device.firmware), _cut(device.build)),
        rebranded=is_rebranded(device.vendor, device.brand),
        sure=min((device.confidence.get(name, 0.0) for name in used), default=0.0),
    )


def _cut(text: str | None) -> str | None:
    return text and text[:FIRMWARE_LIMIT]


def is_rebranded(maker: str | None, brand: str | None) -> bool:
    """Whether it is sold under a name with model numbers of its own."""
    return brand is not None and brand != maker and brand not in OWN_BRANDS.get(maker or "", frozenset())
