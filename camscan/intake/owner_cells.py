"""A cell of an owner's list → a value as camscan writes it. Each raises `ValueError` with the reason for what is none.

People write nothing in many words (`-`, `n/a`, `DHCP`), and addresses with what surrounds them; a spreadsheet writes a
long number as `4.5E+08`, of which nobody can tell any more what it was.
"""

import re
from ipaddress import IPv6Address, ip_address

_NOTHING = frozenset(
    (
        "-", "--", "\u2013", "\u2014", "/", "?", "??", ".", "x", "n/a", "na", "none", "null", "nil", "unknown", "tbd",
        "dhcp", "dynamic", "auto", "ukendt", "ingen", "mangler", "dynamisk", "unbekannt", "keine", "kein", "fehlt",
        "#n/a", "#ref!", "#value!", "0.0.0.0", "::",  # noqa: S104
    )
)  # fmt: skip
_FORMULA_GUARD = re.compile(r"^'(?=[=+\-@])")  # what camscan's own CSV puts before a sign that would begin a formula
_PADDED = re.compile(r"\d{3}(?:\.\d{3}){3}")  # so that a list can be sorted; each number is decimal then
_URL = re.compile(r"[a-z]+://([^/?#]*).*", re.IGNORECASE)
_PORT = re.compile(r"(\d+(?:\.\d+){3}):\d{1,5}")
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
_MAC = re.compile(r"[0-9a-f]{12}")
_MAC_SIGNS = re.compile(r"[\s:.\-]")


def text_of(cell: str) -> str | None:
    """The words of a cell; None where they mean nothing."""
    text = _FORMULA_GUARD.sub("", " ".join(cell.split()))
    return None if text.casefold() in _NOTHING or not text else text


def address_of(text: str) -> str:
    """The address in `10.0.0.5`, `10.0.0.5/24`, `10.0.0.5:80`, `http://10.0.0.5/`, `010.000.000.005`."""
    bare = _URL.sub(r"\1", text).strip("[]")
    bare = _PORT.sub(r"\1", bare.split("/")[0]).strip()
    if _PADDED.fullmatch(bare):
        bare = ".".join(str(int(number)) for number in bare.split("."))
    try:
        address = ip_address(bare)
    except ValueError:
        raise ValueError("is no IP address") from None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_multicast or address.is_loopback or address.is_unspecified:
        raise ValueError("is no address of a device")
    return str(address)


def mac_of(text: str) -> str:
    """The MAC in any usual notation as `aa:bb:cc:dd:ee:ff`."""
    digits = _MAC_SIGNS.sub("", text.casefold())
    if not _MAC.fullmatch(digits):
        raise ValueError("is no MAC")
    return ":".join(digits[i : i + 2] for i in range(0, 12, 2))


def serial_of(text: str) -> str:
    """The serial, which is any text that a spreadsheet has not rounded."""
    if _ROUNDED.fullmatch(text):
        raise ValueError("is a number that a spreadsheet has rounded, and no serial any more")
    return text
