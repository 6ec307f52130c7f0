"""Which of its addresses a device goes by. Pure.

Who speaks first differs from night to night, so that tells nothing: a device keeps the address by which it is known as
long as that is one of its own, and a new one goes by IPv4, then by a global IPv6 address, then by a link-local one.
"""

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_address

from camscan.inventory.facts import MIDDLEBOX, Facts

_UNREADABLE = 3


def at_main_address(now: Facts, known: Sequence[str]) -> Facts:
    """The same device by the address that is its main one; `known` are those of the register, the main one first.
    A middlebox has no address of its own, and goes by the one that the scan gave it."""
    told = addresses_of(now)
    if not told or now.single.get("kind", ("", None))[0] == MIDDLEBOX:
        return now
    stays = bool(known) and known[0] in told
    return by_address(now, known[0] if stays else min(told, key=_order))


def by_address(now: Facts, main: str) -> Facts:
    """The same device by this address; the others are its further ones."""
    further = {("addresses", address) for address in addresses_of(now) if address != main}
    members = {member for member in now.members if member[0] != "addresses"} | further
    confidence = now.single["address"][1]
    return replace(now, single={**now.single, "address": (main, confidence)}, members=frozenset(members))


def addresses_of(now: Facts) -> set[str]:
    """All of them."""
    main = [now.single["address"][0]] if "address" in now.single else []
    return {*main, *(value for name, value in now.members if name == "addresses")}


def _order(text: str) -> tuple[int, int, str]:
    try:
        address = ip_address(text.split("%")[0])
    except ValueError:
        return _UNREADABLE, 0, text
    kind = 0 if address.version == 4 else 2 if address.is_link_local else 1
    return kind, int(address), text
