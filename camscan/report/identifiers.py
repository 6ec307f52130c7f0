"""What is private in the replies of one device: by the fields of its codec, and by all that `private` finds.

The rule: what a codec reads only after repair (chunks joined, GB 18030 for UTF-8) is found as it reads it, because so
it would stand among the fields of a capture.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from ipaddress import ip_address

from camscan.probe import Protocol
from camscan.protocols.reading import read
from camscan.reply import Fields, Reply
from camscan.report.chunked import framing, without
from camscan.report.private import ADDRESS_FIELDS, Private, by_shape, find, is_internal


def identifiers(reply: Reply, protocols: Mapping[str, Protocol]) -> Iterator[Private]:
    """What is private in one reply; where its text is not UTF-8 it is also read as GB 18030, which devices write."""
    data = without(reply.data, framing(reply.data))
    yield Private("address" if ":" not in reply.address else "IPv6 address", reply.address.partition("%")[0])
    for item in find(data, _fields(reply, protocols, reply.data)):
        yield from _as_spelled(item, data)
    yield from find(reply.request.encode(), {})
    if reply.protocol == "arp":
        yield from _of_frame(reply.data)
    for engine in _fields(reply, protocols, reply.data).get("engine_id", ()):
        yield from _of_engine(engine)
    try:
        data.decode()
    except UnicodeDecodeError:
        yield from find(b"", _fields(reply, protocols, reply.data.decode("gb18030", "replace").encode()))


def _as_spelled(item: Private, data: bytes) -> Iterator[Private]:
    """The text, and as the bytes spell it where the codec changed its case."""
    yield item
    if not item.text.isascii() and item.text not in (text := data.decode("utf-8", "replace")):
        spelled_so = re.findall(re.escape(item.text), text, re.IGNORECASE)
        yield from (Private(item.kind, other) for other in dict.fromkeys(spelled_so))


def _fields(reply: Reply, protocols: Mapping[str, Protocol], data: bytes) -> Fields:
    return read(protocols[reply.protocol], data).fields if reply.protocol in protocols else {}


def addresses(replies: Iterable[Reply], protocols: Mapping[str, Protocol]) -> Iterator[str]:
    """Those that are certainly addresses, and no version that looks like one."""
    for reply in replies:
        yield reply.address
        fields = _fields(reply, protocols, reply.data)
        values = (value for name in ADDRESS_FIELDS for value in fields.get(name, ()))
        yield from (item.text for value in values for item in by_shape(value) if item.kind == "address")


def is_private(text: str, known: Collection[str]) -> bool:
    """Whether a text that would be evidence is more than that."""
    return any(item.kind != "address" or item.text in known or is_internal(item.text) for item in by_shape(text))


def _of_engine(engine: str) -> Iterator[Private]:
    """What follows the enterprise and the format in the id of an SNMP engine (RFC 3411); a MAC is found as one."""
    if engine[8:10] != "03" and engine[10:]:
        yield Private("serial", engine[10:])


def _of_frame(data: bytes) -> Iterator[Private]:
    """An ARP reply names the asker too, in the last 10 octets of its 28."""
    start = data.find(bytes.fromhex("000108000604"))
    if start >= 0 and len(data) >= start + 28:
        yield Private("MAC", data[start + 18 : start + 24].hex(":"))
        yield Private("address", str(ip_address(data[start + 24 : start + 28])))
