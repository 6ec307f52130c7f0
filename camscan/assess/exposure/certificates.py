"""What is wrong with the TLS that a device offers: its certificate, its protocol, its key.

Sources: RFC 5280 for the certificate, RFC 8996 and RFC 9325 for protocols and ciphers, NIST SP 800-131A revision 2 for
keys and hashes. A handshake shows what both sides agreed on. That a device also takes older protocols where newer ones
work is not seen.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from camscan.assess.exposure.asked import TLS_PORTS
from camscan.assess.exposure.case import CLEAR, Answer, Case, Unsaid, exposed, number, place, value
from camscan.model import Observation

OLD_PROTOCOLS = ("SSLv2", "SSLv3", "TLSv1", "TLSv1.0", "TLSv1.1")
BROKEN_CIPHERS = re.compile(r"RC4|3DES|DES-CBC|NULL|EXP|MD5|RC2|IDEA|SEED|ANON|^A(?:EC)?DH-", re.IGNORECASE)
FORWARD_SECRET = re.compile(r"ECDHE|DHE|^TLS_(?:AES|CHACHA20)", re.IGNORECASE)
LEAST_BITS = {"rsa": 2048, "dsa": 2048, "ec": 224}
BITS_DIGITS = 6  # a key of a million bits is none
BROKEN_HASHES = ("md5", "sha1")


def tls_certificate_expired(case: Case) -> Answer:
    """The time of the scan is after the end of the certificate, or before its beginning."""
    seen = list(case.said("tls"))
    dated = [o for o in seen if value(o, "not_after") or value(o, "not_before")]
    timed = [(o, now) for o in dated if (now := _moment(o.reply.time)) is not None]
    if timed:
        return exposed([text for o, now in timed for text in _out_of_date(o, now)], 0.99) or CLEAR
    if dated:
        return Unsaid(reason="it is not known when the certificate was shown")
    return _unread(case, seen)


def _unread(case: Case, seen: Sequence[Observation]) -> Answer:
    """What is to be said where nothing of a certificate could be looked at."""
    if any(value(o, "certificate_problem") for o in seen):
        return Unsaid(reason="its certificate could not be read")
    if seen:
        return Unsaid(reason="the recording holds the names of the certificate only")
    return Unsaid(reason="what came of TLS could not be read") if case.encrypted else case.unheard("TLS", TLS_PORTS)


def _moment(seconds: float | None) -> str | None:
    """A time as certificates give theirs; None for what a recording got wrong beyond any calendar."""
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return None


def _out_of_date(observation: Observation, now: str) -> list[str]:
    until, since = value(observation, "not_after"), value(observation, "not_before")
    if until is not None and until < now:
        return [f"{place(observation)} shows a certificate that ended on {until[:10]}"]
    if since is not None and since > now:
        return [f"{place(observation)} shows a certificate that begins on {since[:10]} only"]
    return []


def tls_certificate_self_signed(case: Case) -> Answer:
    """The certificate names itself as its issuer."""
    seen = list(case.said("tls"))
    named = [o for o in seen if value(o, "subject") and value(o, "issuer")]
    pieces = [
        f"{place(o)} shows a certificate that names itself as issuer ({value(o, 'subject')})"
        for o in named
        if _is_self_signed(o)
    ]
    return exposed(pieces, 0.95) or (CLEAR if named else _unread(case, seen))


def _is_self_signed(observation: Observation) -> bool:
    said = value(observation, "self_signed")
    subject = value(observation, "subject")
    return said == "true" if said is not None else bool(subject) and subject == value(observation, "issuer")


def tls_weak_protocol(case: Case) -> Answer:
    """What came about is TLS 1.1 or older, a broken cipher, or, where today's settings were refused, one without
    forward secrecy."""
    seen = list(case.said("tls"))
    shaken = [o for o in seen if value(o, "tls_version")]
    found = exposed([text for o in shaken for text in _old(o)], 0.95)
    if found is not None:
        return found
    if not shaken:
        return (
            Unsaid(reason="the recording holds the certificate and not the handshake") if seen else _unread(case, seen)
        )
    if all(value(o, "tls_mode") == "legacy" for o in shaken):
        return Unsaid(reason="the first handshake broke off; the second, for old devices, agreed on what is good today")
    return CLEAR


def _old(observation: Observation) -> list[str]:
    version, cipher = value(observation, "tls_version"), value(observation, "tls_cipher") or ""
    if version in OLD_PROTOCOLS:
        return [f"{place(observation)} speaks {version}, no later protocol"]
    if BROKEN_CIPHERS.search(cipher):
        return [f"{place(observation)} agreed on the cipher {cipher}"]
    if value(observation, "tls_mode") == "legacy" and cipher and not FORWARD_SECRET.search(cipher):
        return [f"{place(observation)} refuses today's settings and agreed on {cipher}, without forward secrecy"]
    return []


def tls_weak_key(case: Case) -> Answer:
    """An RSA key of less than 2,048 bits, an elliptic curve of less than 224, or a signature over MD5 or SHA-1 by
    somebody else than the device itself."""
    seen = list(case.said("tls"))
    found = exposed([text for o in seen for text in (*_short_key(o), *_broken_hash(o))], 0.99)
    return found or (CLEAR if any(value(o, "key_bits") for o in seen) else _unread(case, seen))


def _short_key(observation: Observation) -> list[str]:
    kind, bits = value(observation, "key_type") or "", number(value(observation, "key_bits"), BITS_DIGITS)
    if bits is not None and bits < LEAST_BITS.get(kind, 0):
        return [f"{place(observation)} has a key of {bits} bits ({kind}), fewer than {LEAST_BITS[kind]}"]
    return []


def _broken_hash(observation: Observation) -> list[str]:
    """The signature of a certificate that vouches for itself proves nothing anyway, whatever its hash."""
    name = value(observation, "signature_hash")
    if name in BROKEN_HASHES and not _is_self_signed(observation):
        return [f"{place(observation)} shows a certificate signed over {name}"]
    return []
