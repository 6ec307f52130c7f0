"""Which of camscan's protocols some bytes speak, told by how they begin.

The rule: the bytes decide; what another scanner calls the service, or the port, only where a greeting has no form of
its own (FTP shares its with mail, Telnet has none). What is not recognised is nobody's. The codec reads it afterwards
and has the last word.
"""

import re

from camscan.protocols import dvrip, ftp, hik_sdk, telnet

_BEGINNINGS = (
    (re.compile(rb"RTSP/\d"), "rtsp"),
    (re.compile(rb"HTTP/\d"), "http"),
    (re.compile(rb"SSH-\d"), "ssh"),
    (re.compile(rb"\xff[\xfb-\xfe]"), "telnet"),
    (re.compile(rb"\xb0\0\0[\x08-\xf8]"), "dvrip"),
)
_FTP = re.compile(rb"220[ -]")
_OTHERS = re.compile(rb"[A-Z]{2,8}/\d|[\x00-\x06\x80-\xfe]")


def protocol_of(data: bytes, service: str, port: int | None) -> str | None:
    """The name of the protocol; None where the bytes are none that camscan knows."""
    for beginning, name in _BEGINNINGS:
        if beginning.match(data) and (name != dvrip.PROTOCOL.name or len(data) >= dvrip.HEADER_SIZE):
            return name
    if len(data) == hik_sdk.GREETING_SIZE and data.startswith(hik_sdk.GREETING_SIZE.to_bytes(4, "big")):
        return hik_sdk.PROTOCOL.name
    if _FTP.match(data):
        return ftp.PROTOCOL.name if service == "ftp" or port == ftp.PORT else None
    if (service == "telnet" or port == telnet.PORT) and not _OTHERS.match(data):
        return telnet.PROTOCOL.name
    return None
