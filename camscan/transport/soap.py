"""ONVIF GetDeviceInformation with the owner's credential: zeep and onvif-zeep's WSDL write it, camscan sends it.

`ONVIFCamera` is never constructed: it makes calls of its own and follows addresses that the device gives. zeep gets a
transport without a network, which only hands the signed message over; it then leaves like every other request, to
the address that was asked, once. Password digest after the OASIS UsernameToken profile 1.1. zeep is imported lazily.
"""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime
from functools import cache
from typing import Any

from camscan.errors import NotPossibleError
from camscan.probe import Dialogue, Endpoint, Request
from camscan.reply import Outcome
from camscan.transport.tcp import converse
from camscan.transport.wire import Wire

REQUEST = "GetDeviceInformation with credential"
PATH = "/onvif/device_service"

_BINDING = "{http://www.onvif.org/ver10/device/wsdl}DeviceBinding"


async def device_information(
    wire: Wire,
    endpoint: Endpoint,
    user: str,
    password: str,
    seconds: float,
    *,
    complete: Callable[[bytes], bool],
    device_time: float | None = None,
) -> tuple[Outcome, bytes | None]:
    """Asks once: (REPLIED, the HTTP response as it came, whatever its status), or how it failed, without bytes.

    `complete` says whether the bytes so far are a whole response. `device_time` is the device's own clock in seconds
    since the epoch, where it is known: a digest dated by another clock is refused. Holds the host while it asks. Raises
    `OutOfScopeError` and `NotPossibleError`.
    """
    wire.check(endpoint.address)
    document = await asyncio.to_thread(_load_wsdl)
    created = datetime.fromtimestamp(device_time if device_time is not None else wire.clock(), UTC)
    payload = _write(document, endpoint, (user, password), created)
    request = Request(name=REQUEST, payload=payload, purpose="owner's credential", complete=complete, seconds=seconds)
    async with aclosing(converse(wire, endpoint, _once(request), "onvif")) as exchanges:
        async for exchange in exchanges:
            return exchange.outcome, exchange.data
    return Outcome.SILENT, None


def _once(request: Request) -> Dialogue:
    yield request


@cache
def _load_wsdl() -> Any:
    """The device service as onvif-zeep ships it, parsed once: parsing takes a hundred times as long as a message."""
    from importlib.metadata import PackageNotFoundError, files

    from zeep.wsdl import Document

    try:
        shipped = files("onvif-zeep") or []
    except PackageNotFoundError:
        shipped = []
    paths = [str(file.locate()) for file in shipped if file.name == "devicemgmt.wsdl"]
    if not paths:
        raise NotPossibleError("onvif with a credential: onvif-zeep or its WSDL is not installed")
    return Document(paths[0], _transport([]))


def _transport(outbox: list[tuple[str, bytes, dict[str, str]]]) -> Any:
    """A zeep transport that reads local files and sends nothing: a message posted lands in the outbox."""
    from zeep.transports import Transport

    class Outbox(Transport):  # type: ignore[misc]
        def post(self, address: str, message: bytes, headers: dict[str, str]) -> None:
            outbox.append((address, message, headers))

        def get(self, address: str, params: object, headers: object) -> None:
            raise NotPossibleError(f"zeep wanted to ask {address}: refused")

        def _load_remote_data(self, url: str) -> bytes:
            raise NotPossibleError(f"zeep wanted to load {url}: refused")

    return Outbox()


def _write(document: Any, endpoint: Endpoint, credential: tuple[str, str], created: datetime) -> bytes:
    """The whole HTTP request."""
    from zeep import Client, Settings
    from zeep.wsse.username import UsernameToken

    outbox: list[tuple[str, bytes, dict[str, str]]] = []
    token = UsernameToken(*credential, use_digest=True, created=created, zulu_timestamp=True)
    client = Client(document, wsse=token, transport=_transport(outbox), settings=Settings(raw_response=True))
    client.create_service(_BINDING, f"http://{endpoint.host}{PATH}").GetDeviceInformation()
    (_, message, headers) = outbox[0]
    lines = (
        f"POST {PATH} HTTP/1.1",
        f"Host: {endpoint.host}",
        f"Content-Type: {headers['Content-Type']}",
        f"Content-Length: {len(message)}",
        "Connection: close",
        "\r\n",
    )
    return "\r\n".join(lines).encode("ascii") + message
