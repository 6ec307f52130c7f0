"""An open TCP port: a reason to ask, never evidence. The connection is made and closed, no byte is sent.

34567 stands here because no protocol of camscan owns it: it is where Xiongmai's recorders listen, and knowing that it
is open helps a person to tell them from Dahua. Public source: RFC 9293.
"""

from camscan.model import Fields
from camscan.probe import Protocol, Request, Tcp

XIONGMAI_PORT = 34567


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
    channel=Tcp(ports=(XIONGMAI_PORT,)),
    requests=(CONNECT, SYN, RESET),
    decode=decode,
    identifies=False,
)
