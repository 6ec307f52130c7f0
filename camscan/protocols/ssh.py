"""SSH on TCP 22: the identification string is read, nothing is sent, so no key exchange begins.

It tells a Linux box or a switch from a camera. Public source: RFC 4253, section 4.2 (`SSH-version-software comments`;
other lines may come before it).
"""

import re

from camscan.errors import DecodeError
from camscan.probe import Dialogue, Endpoint, Protocol, Request, Tcp
from camscan.protocols.banner import BANNER_LIMIT, LISTEN_SECONDS, read_greeting
from camscan.protocols.gather import gather
from camscan.reply import Fields

PORT = 22

_IDENTIFICATION = re.compile(
    r"^(?:SSH-(?P<version>\d\.\d{1,2})-|(?=OpenSSH_|dropbear_))(?P<software>[!-~]{1,255})(?: +(?P<comment>.*))?$",
    re.MULTILINE,
)
"""The version is missing where a recording kept the software only, as banner collections do."""

_WHOLE = re.compile(rb"(?:\A|\n)SSH-[^\n]*\n")


def is_complete(data: bytes) -> bool:
    """Whether the identification string has come."""
    return _WHOLE.search(data) is not None


def decode(data: bytes) -> Fields:
    """An identification string → ssh_version, software, comment."""
    found = _IDENTIFICATION.search(read_greeting(data))
    if found is None:
        raise DecodeError("no SSH identification string")
    return gather([("ssh_version", found["version"]), ("software", found["software"]), ("comment", found["comment"])])


IDENTIFICATION = Request(
    name="identification", payload=b"", complete=is_complete, limit=BANNER_LIMIT, seconds=LISTEN_SECONDS
)


def dialogue(endpoint: Endpoint) -> Dialogue:
    """Nothing is asked: the server identifies itself."""
    yield IDENTIFICATION


PROTOCOL = Protocol(
    name="ssh",
    title="SSH identification",
    channel=Tcp(ports=(PORT,)),
    requests=(IDENTIFICATION,),
    decode=decode,
    dialogue=dialogue,
)
