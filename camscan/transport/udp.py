"""UDP discovery: one question to a group, to everyone, or to many addresses one by one; every answer, from any port.

Devices answer from odd ports, twice, to the group or to everyone instead of to us, and from addresses that do not fit
the network they are on; all of that is heard. Amplification is bounded: an address that has answered is not asked
again, and what is sent keeps the pace. Where nobody is, on a directly connected network, a unicast sweep crawls at some
80 packets a second, see `neighbours.py`.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from camscan.reply import Reply
from camscan.transport.address import is_foreign, sender_address
from camscan.transport.heard import Heard
from camscan.transport.inbox import Inbox, as_it_came
from camscan.transport.mailing import Mailing, UdpQuestion
from camscan.transport.wire import Wire


async def sweep(wire: Wire, question: UdpQuestion) -> AsyncGenerator[Reply, None]:
    """Every distinct reply, as it comes; `foreign` marks who answered a segment without belonging to it.

    Raises `OutOfScopeError` at the first destination that is not permitted, and `NotPossibleError` if this machine
    could not send anything at all. Datagrams that could not leave are counted in `wire.unsent`, replies of
    excluded senders in `wire.dropped` and those that were too many in `wire.lost`, also of a sweep that is cut short.
    """
    inbox = Inbox(question.reply_limit, as_it_came)
    heard = Heard(question.replies_limit)
    mailing = Mailing(wire, question, inbox, heard)
    try:
        async with aclosing(inbox.harvest(mailing.send, 0.0)) as arrivals:
            async for data, sender in arrivals:
                address = sender_address(sender)
                if mailing.is_own(sender) or not wire.accepts(address, question.protocol):
                    continue
                if heard.takes(address, data):
                    yield _reply(wire, question, mailing.asked(data), address, data)
    finally:
        wire.lost[question.protocol] += inbox.dropped + heard.dropped


def _reply(wire: Wire, question: UdpQuestion, request: str, address: str, data: bytes) -> Reply:
    return Reply(
        address=address,
        protocol=question.protocol,
        transport="udp",
        port=question.port,
        request=request,
        data=data,
        channel=question.mode,
        time=wire.clock(),
        sensor=question.interface.name if question.interface else None,
        foreign=question.mode != "unicast" and is_foreign(address, question.interface),
    )
