"""An open TCP port: a reason to ask, never evidence. The connection is made and closed, no byte is sent.

The ports here are owned by no protocol of camscan. 34567 is where Xiongmai's recorders listen, and knowing that it is
open helps a person to tell them from Dahua. `TEST_PORTS` are those of debugging, vendor tests and local commands: that
one is open is worth knowing, whoever made the device. Public source: RFC 9293; of each port beside it.
"""

from camscan.probe import Protocol, Request, Tcp
from camscan.reply import Fields

XIONGMAI_PORT = 34567

EZVIZ_COMMAND_PORT = 9010
"""Commands of the app on the local network, on devices of EZVIZ and Hikvision; the stream beside it is on 9020, which
is not tried because it is open where this one is. Sources: an owner's scan of an H6c, published in an issue thread of
RenierM26/pyEzvizApi (2026); `localCmdPort` of the cloud's answer in one of RenierM26/ha-ezviz (2021)."""

XIONGMAI_DEBUG_PORT = 9527
"""The console of firmware made by Xiongmai. Source: V. Yarmak, "Full disclosure: 0day vulnerability (backdoor) in
firmware for HiSilicon-based DVRs, NVRs and IP cameras", habr.com/en/post/486856 (2020)."""

XIONGMAI_TELNET_PORT = 9530
"""Takes the command that starts Telnet, in later firmware of the same maker. Sources: the same; Censys, "Probing the
Xiongmai/HiSilicon SoC Vulnerability" (2020)."""

TEST_PORTS = (EZVIZ_COMMAND_PORT, XIONGMAI_DEBUG_PORT, XIONGMAI_TELNET_PORT)

CONNECT = Request(name="connect", payload=b"")
SYN = Request(name="syn", payload=b"")
"""A frame that asks for a connection, in large networks; see `camscan/transport/syn.py`."""
RESET = Request(name="reset", payload=b"")
"""A frame that closes what a SYN opened."""


def decode(data: bytes) -> Fields:
    """Any bytes, usually none: the port took a connection."""
    return {"state": ("open",)}


PROTOCOL = Protocol(
    name="tcp",
    title="open TCP port",
    channel=Tcp(ports=(XIONGMAI_PORT, *TEST_PORTS)),
    requests=(CONNECT, SYN, RESET),
    decode=decode,
    identifies=False,
)
