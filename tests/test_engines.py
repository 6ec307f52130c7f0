"""Who looks for open ports where what was to look cannot."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from camscan.discover import engines
from camscan.discover.engines import Engines
from camscan.discover.tasks import each
from camscan.errors import NotPossibleError
from camscan.transport.link import Link
from tests.transport_rig import HOME, Rig, closed_port, serving


async def test_connects_ask_where_frames_cannot_be_sent_after_all(monkeypatch: pytest.MonkeyPatch) -> None:
    @asynccontextmanager
    async def refused(*_: object) -> AsyncIterator[None]:
        raise NotPossibleError("no port to ask from")
        yield

    async def mac_of(address: str) -> bytes:
        return bytes(6)

    found, remarks, shut = list[tuple[str, list[int]]](), list[str](), closed_port()
    monkeypatch.setattr(engines, "knocking", refused)
    link = Link(interface="lo", mac=bytes(6), address=HOME)
    async with serving(lambda reader, writer: reader.read()) as port:
        some = Engines(wire=Rig().wire, ports=(port, shut), seconds=1.0, hosts_at_once=4)
        await some.knock(link, each([HOME]), mac_of, remarks.append)(lambda *host: found.append(host))
    assert found == [(HOME, [port])]
    assert remarks == ["connects instead of SYN frames: no port to ask from"]
