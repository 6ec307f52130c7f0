"""An open TCP port: a reason to ask, never evidence. The connection is made and closed, no byte is sent.

34567 stands here because no protocol of camscan owns it: it is where Xiongmai's recorders listen, and knowing that it
is open helps a person to tell them from Dahua. Public source: RFC 9293.
"""

from camscan.model import Fields
from camscan.probe import Protocol, Request, Tcp

XIONGMAI_PORT = 34567


def decode(data: bytes) -> Fields:
    """Any bytes, usually none: the port took a connection."""
    return {"state": ("open",)}


PROTOCOL = Protocol(
    name="tcp",
    title="open TCP port",
    channel=Tcp(ports=(XIONGMAI_PORT,)),
    requests=(Request(name="connect", payload=b""),),
    decode=decode,
    identifies=False,
)
