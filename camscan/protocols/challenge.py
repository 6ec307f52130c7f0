"""Reads `WWW-Authenticate`: which scheme, which realm, and what the parts of a digest challenge look like.

Nonce and opaque change with every reply, so only their shape is kept: it tells one maker's server from another's.
Several challenges may stand in several headers or be folded into one. Follows RFC 9110 section 11 and RFC 7616.
"""

import re
from collections.abc import Iterable, Iterator

CHALLENGE_LIMIT = 4 * 1024  # characters of one header; the longest challenge seen has 300
CHALLENGES_LIMIT = 8  # headers of one reply; newer devices send two, one for each hash

_SCHEME = re.compile(r"(?:^|,)\s*(Basic|Digest|Bearer|NTLM|Negotiate)(?=\s|,|$)", re.IGNORECASE)
_PARAMETER = re.compile(r'\b([A-Za-z]{2,16})\s*=\s*(?:"([^"]*)"?|([^\s,"]+))')
_KEPT = {
    "realm": "realm",
    "domain": "realm_domain",
    "qop": "auth_qop",
    "algorithm": "auth_algorithm",
    "stale": "auth_stale",
}
_SHAPED = {"nonce": "nonce_shape", "opaque": "opaque_shape"}

_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_HEX = re.compile(r"[0-9A-Fa-f]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")


def read_challenges(values: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(field, value) of every challenge: auth_scheme, realm, realm_domain, auth_qop, nonce_shape …"""
    for _, value in zip(range(CHALLENGES_LIMIT), values, strict=False):
        text = value[:CHALLENGE_LIMIT]
        yield from (("auth_scheme", match[1].lower()) for match in _SCHEME.finditer(text))
        for match in _PARAMETER.finditer(text):
            yield from _parameter(match[1].lower(), match[2] if match[2] is not None else match[3])


def _parameter(name: str, value: str) -> Iterator[tuple[str, str]]:
    if name in _KEPT:
        yield _KEPT[name], value
    elif name in _SHAPED:
        yield _SHAPED[name], shape(value)


def shape(text: str) -> str:
    """What a random value looks like: empty, decimal, hex32 (with its length), uuid, base64 or other."""
    if not text:
        return "empty"
    if text.isascii() and text.isdigit():
        return "decimal"
    if _UUID.fullmatch(text):
        return "uuid"
    if _HEX.fullmatch(text):
        return f"hex{len(text)}"
    return "base64" if _BASE64.fullmatch(text) else "other"
