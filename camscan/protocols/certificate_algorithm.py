"""What kind of key a certificate holds, how many bits it has, and over which hash the certificate is signed.

Numbers of a key are measured, never calculated with: no length of theirs costs time. Nothing is checked: whether the
key works, or the signature holds, is not asked. Raises `DecodeError` and nothing else. Follows RFC 3279, RFC 4055,
RFC 5480, RFC 5758 and RFC 8410, and NIST's register of algorithms; curves of SEC 2, RFC 5639 and GB/T 32918.
"""

from camscan.errors import DecodeError
from camscan.protocols.ber import BITS, INTEGER, OBJECT, SEQUENCE, Reader, bit_length, dotted

_KEYS = {
    "1.2.840.113549.1.1.1": "rsa",
    "1.2.840.113549.1.1.10": "rsa",  # for signatures of the form PSS only
    "2.5.8.1.1": "rsa",  # X.509 of 1988
    "1.2.840.10045.2.1": "ec",
    "1.2.840.10040.4.1": "dsa",
    "1.2.840.113549.1.3.1": "dh",
    "1.2.840.10046.2.1": "dh",
    "1.3.101.110": "x25519",
    "1.3.101.111": "x448",
    "1.3.101.112": "ed25519",
    "1.3.101.113": "ed448",
    "2.16.840.1.101.3.4.3.17": "mldsa44",
    "2.16.840.1.101.3.4.3.18": "mldsa65",
    "2.16.840.1.101.3.4.3.19": "mldsa87",
    "2.16.840.1.101.3.4.4.2": "mlkem768",
    "2.16.840.1.101.3.4.4.3": "mlkem1024",
}

_CURVE_NUMBERS: dict[str, dict[int, tuple[int, ...]]] = {
    "1.3.132.0": {
        112: (6, 7), 113: (4, 5), 128: (28, 29), 131: (22, 23), 160: (8, 9, 30), 163: (1, 2, 15), 192: (31,),
        193: (24, 25), 224: (32, 33), 233: (26, 27), 239: (3,), 256: (10,), 283: (16, 17), 384: (34,), 409: (36, 37),
        521: (35,), 571: (38, 39),
    },  # SEC 2: secp112r1 … sect571r1
    "1.2.840.10045.3.1": {192: (1, 2, 3), 239: (4, 5, 6), 256: (7,)},  # X9.62: prime192v1 … prime256v1
    "1.3.36.3.3.2.8.1.1": {
        160: (1, 2), 192: (3, 4), 224: (5, 6), 256: (7, 8), 320: (9, 10), 384: (11, 12), 512: (13, 14),
    },  # RFC 5639: brainpoolP160r1 … brainpoolP512t1
    "1.2.156.10197.1": {256: (301,)},  # GB/T 32918: SM2
}  # fmt: skip
_CURVES = {
    f"{arc}.{number}": str(bits)
    for arc, sizes in _CURVE_NUMBERS.items()
    for bits, numbers in sizes.items()
    for number in numbers
}

_PSS = "1.2.840.113549.1.1.10"
_PSS_HASH = 0xA0
_HASHES = {
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
    "2.16.840.1.101.3.4.2.4": "sha224",
    "2.16.840.1.101.3.4.2.7": "sha3-224",
    "2.16.840.1.101.3.4.2.8": "sha3-256",
    "2.16.840.1.101.3.4.2.9": "sha3-384",
    "2.16.840.1.101.3.4.2.10": "sha3-512",
}
_SIGNATURES = {
    "1.2.840.113549.1.1.4": "md5",
    "1.2.840.113549.1.1.5": "sha1",
    "1.2.840.113549.1.1.11": "sha256",
    "1.2.840.113549.1.1.12": "sha384",
    "1.2.840.113549.1.1.13": "sha512",
    "1.2.840.113549.1.1.14": "sha224",
    "1.3.14.3.2.29": "sha1",
    "1.2.840.10045.4.1": "sha1",
    "1.2.840.10045.4.3.1": "sha224",
    "1.2.840.10045.4.3.2": "sha256",
    "1.2.840.10045.4.3.3": "sha384",
    "1.2.840.10045.4.3.4": "sha512",
    "1.2.840.10040.4.3": "sha1",
    "2.16.840.1.101.3.4.3.1": "sha224",
    "2.16.840.1.101.3.4.3.2": "sha256",
    "2.16.840.1.101.3.4.3.3": "sha384",
    "2.16.840.1.101.3.4.3.4": "sha512",
    "2.16.840.1.101.3.4.3.9": "sha3-224",
    "2.16.840.1.101.3.4.3.10": "sha3-256",
    "2.16.840.1.101.3.4.3.11": "sha3-384",
    "2.16.840.1.101.3.4.3.12": "sha3-512",
    "2.16.840.1.101.3.4.3.13": "sha3-224",
    "2.16.840.1.101.3.4.3.14": "sha3-256",
    "2.16.840.1.101.3.4.3.15": "sha3-384",
    "2.16.840.1.101.3.4.3.16": "sha3-512",
    "1.2.156.10197.1.501": "sm3",
    # These do not sign a hash that somebody chose:
    "1.3.101.112": "",  # Ed25519
    "1.3.101.113": "",  # Ed448
    "2.16.840.1.101.3.4.3.17": "",  # ML-DSA
    "2.16.840.1.101.3.4.3.18": "",
    "2.16.840.1.101.3.4.3.19": "",
    "1.2.643.2.2.3": "",  # GOST
    "1.2.643.7.1.1.3.2": "",
    "1.2.643.7.1.1.3.3": "",
    "1.3.6.1.5.5.7.6.36": "",  # not signed at all
}


def key_type(information: bytes) -> str:
    """The content of a SubjectPublicKeyInfo → rsa, ec, dsa, dh, ed25519 …"""
    return _known(_KEYS, Reader(Reader(information).take(SEQUENCE)).take(OBJECT))


def key_bits(information: bytes) -> str:
    """How large the key is, as users know it: the modulus of RSA, the field of a curve, the prime of DSA and DH; empty
    where the kind of key tells it."""
    reader = Reader(information)
    algorithm = Reader(reader.take(SEQUENCE))
    kind = _known(_KEYS, algorithm.take(OBJECT))
    if kind == "rsa":
        key = reader.take(BITS)[1:]  # the first byte says how many bits at the end are none: none are
        return str(bit_length(Reader(Reader(key).take(SEQUENCE)).take(INTEGER)))
    if kind == "ec":
        return _curve(*algorithm.next())
    if kind in ("dsa", "dh"):
        return str(bit_length(Reader(algorithm.take(SEQUENCE)).take(INTEGER)))
    return ""


def _curve(tag: int, content: bytes) -> str:
    """A curve by its name, or spelled out over a prime field."""
    if tag == OBJECT:
        return _known(_CURVES, content)
    reader = Reader(content)
    reader.take(INTEGER)
    field = Reader(reader.take(SEQUENCE))
    field.take(OBJECT)
    return str(bit_length(field.take(INTEGER)))


def signature_hash(algorithm: bytes) -> str:
    """The content of an AlgorithmIdentifier → sha256, sha1, md5 …; empty for a signature that needs no hash."""
    reader = Reader(algorithm)
    identifier = reader.take(OBJECT)
    if dotted(identifier) != _PSS:
        return _known(_SIGNATURES, identifier)
    parameters = Reader(reader.take(SEQUENCE))
    if not parameters.begins(_PSS_HASH):
        return "sha1"  # what RFC 4055 says where nothing is said
    return _known(_HASHES, Reader(Reader(parameters.take(_PSS_HASH)).take(SEQUENCE)).take(OBJECT))


def _known(table: dict[str, str], identifier: bytes) -> str:
    name = dotted(identifier)
    if name not in table:
        raise DecodeError(f"an algorithm that is not known: {name}")
    return table[name]
