"""Asks with async-upnp-client and prints the SSDP answers, and the description of each, as JSON."""

import asyncio
import json
import sys
from ipaddress import ip_address

from async_upnp_client.aiohttp import AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.search import async_search
from guard import enter_only


async def main() -> list[dict[str, str]]:
    answers = []

    async def keep(headers: object) -> None:
        answers.append(headers)

    await async_search(keep, timeout=2, source=(str(ip_address("10.83.10.2")), 0))
    factory = UpnpFactory(AiohttpRequester(), non_strict=True)
    described = []
    for location in sorted({each["location"] for each in answers if "198.51.100" not in each["location"]}):
        device = await factory.async_create_device(location)
        described.append({"location": location, "maker": device.manufacturer, "model": device.model_name})
    return [{"location": each["location"], "st": each["st"]} for each in answers] + described


enter_only(sys.argv[1])
sys.stdout.write(json.dumps(asyncio.run(main())))
