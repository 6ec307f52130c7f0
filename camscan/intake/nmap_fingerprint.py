r"""nmap's service fingerprint: the replies of a service that nmap's version detection could not name, as they came.

`SF-Port80-TCP:V=7.93%I=7%D=…%r(GetRequest,1A4,"HTTP/1\.0\x20200…")%r(…);`: the probe's name, the length of the reply in
hexadecimal, and its first 900 bytes or so. A reply that was cut ends at its last whole line. Public source: the nmap
reference guide, "Submitting Service Fingerprints", and its `service_scan.cc`.
"""

import re
from collections.abc import Iterator

from camscan.intake.imported import DATA_LIMIT

PROBES_LIMIT = 64  # replies of one port: nmap has about thirty TCP probes that a service may answer

_REPLY = re.compile(r'%r\(([A-Za-z0-9_-]{1,32}),([0-9A-Fa-f]{1,8}),"((?:[^"\\]|\\.)*)"\)', re.DOTALL)
_WRAPPED = re.compile(r"\r?\nSF:")
_ESCAPE = re.compile(rb"\\(x[0-9A-Fa-f]{2}|.)", re.DOTALL)
_LETTERS = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0"}


def read_fingerprint(text: str) -> Iterator[tuple[str, bytes]]:
    """(probe, the bytes that came back) of every reply in the fingerprint."""
    for number, found in enumerate(_REPLY.finditer(_WRAPPED.sub("", text))):
        if number == PROBES_LIMIT:
            return
        data = unescape(found[3])
        whole = len(data) >= int(found[2], 16)
        yield found[1], data if whole else data[: data.rfind(b"\n") + 1]


def unescape(text: str) -> bytes:
    r"""The bytes behind `\xHH`, `\r`, `\n`, `\t`, `\0` and any other character after a backslash."""
    return _ESCAPE.sub(_plain, text.encode("latin-1", "replace")[: 4 * DATA_LIMIT])


def _plain(found: re.Match[bytes]) -> bytes:
    code = found[1]
    return bytes.fromhex(code[1:].decode("ascii")) if len(code) == 3 else _LETTERS.get(code, code)
