"""Certificates of the emulated devices, made at start: no key lies in the repository.

One key of each size serves the whole site, as it does on cameras that ship with the key of their maker. The TLS
version is fixed, so that old firmware really refuses a modern handshake.
"""

import datetime
import ssl
import tempfile
import warnings
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from camscan.lab.service import Certificate

_FIRST_DAY = datetime.datetime(2018, 1, 1, tzinfo=datetime.UTC)
_VALIDITY = datetime.timedelta(days=30 * 365)  # cameras sign for about 30 years
_VERSIONS = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}


def server_context(certificate: Certificate) -> ssl.SSLContext:
    """A server that shows this certificate and speaks this version only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")  # TLS 1.0 and short keys are what old cameras have
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of TLS 1.0: that is the point
        context.maximum_version = _VERSIONS[certificate.version]
        context.minimum_version = _VERSIONS[certificate.version]
    with tempfile.TemporaryDirectory(prefix="camscan-lab-") as directory:
        path = Path(directory, "device.pem")
        path.write_bytes(_make(certificate))
        context.load_cert_chain(path)
    return context


@cache
def _key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def _make(certificate: Certificate) -> bytes:
    """Key and certificate in PEM form."""
    key = _key(certificate.key_bits)
    signed = (
        x509.CertificateBuilder()
        .subject_name(x509.Name.from_rfc4514_string(certificate.subject))
        .issuer_name(x509.Name.from_rfc4514_string(certificate.issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FIRST_DAY)
        .not_valid_after(_FIRST_DAY + _VALIDITY)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return secret + signed.public_bytes(serialization.Encoding.PEM)
