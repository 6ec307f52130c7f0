"""The reset that closes what a SYN-ACK half opened."""

import socket

from camscan.transport.bulk import BulkSocket
from camscan.transport.segments import RST_LENGTH, Sender, reset_frame
from camscan.transport.syn_answers import Answer
from camscan.transport.wire import Wire


def reset(wire: Wire, frames: BulkSocket, sender: Sender, answer: Answer) -> None:
    """Sends it at once. The kernel does so too, unless a firewall of this machine hinders it."""
    address = socket.inet_ntoa(answer.address.to_bytes(4, "big"))
    wire.ledger.record(
        address=address, port=answer.port, transport="tcp", protocol="tcp", request="reset", size=RST_LENGTH
    )
    try:
        frames.send_one(reset_frame(sender, answer.mac, answer.address, answer.port, answer.acknowledged))
    except OSError as error:
        wire.unsent.add(address, error.strerror or str(error))
