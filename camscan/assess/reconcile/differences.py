"""What a list says of a device and the network does not, field by field. What one of the two does not say is no
difference, nor is another spelling of the same, nor a placeholder.

A list that names the brand and a network that names the maker say the same, and so the other way round: a device sold
as ANNKE and made by Hikvision is both.
"""

import re
from collections.abc import Iterator

from camscan.assess.reconcile.join import has_serial, telling
from camscan.assess.reconcile.knowing import Knowing
from camscan.reconciliation import Difference, Entry, Unit

_Compared = tuple[str, str, str, bool]  # field, what the list says, what the network says, whether they agree
_BEFORE_VARIANT = re.compile(r"\s+(?=[(/])")
_VERSION = re.compile(r"^(?:version|ver\.?|v)?\s*", re.IGNORECASE)


def differences(entry: Entry, unit: Unit, knowing: Knowing) -> tuple[Difference, ...]:
    """Those of a line and the device that it is."""
    return tuple(
        Difference(field=field, listed=listed, network=network)
        for field, listed, network, agree in _compared(entry, unit, knowing)
        if not agree
    )


def _compared(entry: Entry, unit: Unit, knowing: Knowing) -> Iterator[_Compared]:
    """Where both say something."""
    yield from _marks(entry, unit, knowing)
    yield from _kinds(entry, unit, knowing)
    if entry.site and unit.site:
        yield "site", entry.site, unit.site, _folded(entry.site) == _folded(unit.site)


def _marks(entry: Entry, unit: Unit, knowing: Knowing) -> Iterator[_Compared]:
    if entry.address and unit.addresses:
        yield "address", entry.address, " ".join(unit.addresses), entry.address in unit.addresses
    if entry.serial and (serials := telling(unit.serials, knowing)):
        yield "serial", entry.serial, " ".join(serials), has_serial(unit, entry.serial, knowing)
    if entry.mac and (macs := telling(unit.macs, knowing)):
        yield "mac", entry.mac, " ".join(macs), entry.mac in map(str.casefold, macs)


def _kinds(entry: Entry, unit: Unit, knowing: Knowing) -> Iterator[_Compared]:
    for field, text in (("vendor", entry.vendor), ("brand", entry.brand)):
        if text and unit.vendor:
            yield field, text, _sold_as(unit), _same_name(text, unit, knowing)
    if entry.model and unit.model:
        yield "model", entry.model, unit.model, _same_model(entry.model, unit.model, knowing)
    if entry.firmware and unit.firmware:
        network = " ".join(filter(None, (unit.firmware, unit.build)))
        yield "firmware", entry.firmware, network, _same_firmware(entry.firmware, unit.firmware)


def _sold_as(unit: Unit) -> str:
    if unit.brand in (None, unit.vendor):
        return unit.vendor or ""
    return f"{unit.vendor} ({unit.brand})"


def _same_name(text: str, unit: Unit, knowing: Knowing) -> bool:
    """Whether a name is that of the maker or of the brand, or of a brand that this maker builds for while no other is
    known."""
    name = knowing.names.brand_id(text)
    if name is None:
        known = {_folded(one) for one in (unit.vendor, unit.brand) if one}
        return not known.isdisjoint({_folded(text), *map(_folded, text.split())})
    if name in (unit.vendor, unit.brand):
        return True
    return unit.brand in (None, unit.vendor) and unit.vendor in knowing.names.makers_of(name)


def _same_model(listed: str, known: str, knowing: Knowing) -> bool:
    """With or without the maker's name before it, and with or without a space before its variant."""
    listed = _BEFORE_VARIANT.sub("", listed)
    first, _, rest = listed.partition(" ")
    if rest and knowing.names.brand_id(first) is not None:
        listed = rest
    return knowing.same_value("model", listed, known)


def _same_firmware(listed: str, known: str) -> bool:
    """`5.4.5` is `V5.4.5`, and `V5.4.5 build 170124` says more of the same."""
    one, other = (_VERSION.sub("", text.casefold().strip()) for text in (listed, known))
    shorter, longer = sorted((one, other), key=len)
    rest = longer.removeprefix(shorter)
    return bool(shorter) and longer.startswith(shorter) and (not rest or rest[0] in " _,;(-/")


def _folded(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
