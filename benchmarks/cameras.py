"""A /22 with 200 Hikvision and Dahua devices: those of the demo's site over and over, each with a serial number, MAC
and address of its own, each in a namespace of its own, with real multicast and ARP.

`python cameras.py` serves them until stdin ends. Its first line is JSON: `scanner` (the namespace to scan from),
`network`, and for each address what is true of the device there.
"""

import json
import os
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Network
from itertools import cycle

from camscan.errors import CannotRunError
from camscan.lab import namespaces
from camscan.lab.device import Device, vars_of
from camscan.lab.site import Segment, Site, load_site

SEED = 20261122
COUNT = 200
NETWORK = IPv4Network("10.61.0.0/22")
MAKERS = ("hikvision", "dahua")

_SERIAL_TAIL = re.compile(r"\w{4}(?=(WCVU)?$)")  # recorders of one maker end so


def site() -> Site:
    """The network with its devices; the gateway's address belongs to nobody."""
    wire = Segment(name="wire", network=NETWORK, gateway=str(NETWORK[-2]), scanner=str(NETWORK[1]))
    addresses = random.Random(SEED).sample(range(2, NETWORK.num_addresses - 2), COUNT)
    models = cycle(_models(load_site()))
    devices = (_another(next(models), number, str(NETWORK[place])) for number, place in enumerate(addresses, 1))
    return Site(segments=(wire,), devices=tuple(devices))


def _models(demo: Site) -> list[Device]:
    """The devices of both makers that stand where they belong."""
    return [d for d in demo.devices if d.truth.vendor in MAKERS and not demo.is_foreign(d)]


def _another(model: Device, number: int, address: str) -> Device:
    """A device like this one with identifiers of its own, also where its values repeat them."""
    serial = model.truth.serial
    own = _SERIAL_TAIL.sub(f"{number:04d}", serial) if serial else None
    mac = model.mac[:9] + ":".join(re.findall("..", f"{0x310000 + number * 0x101:06x}"))
    changes = {model.mac.replace(":", ""): mac.replace(":", ""), **({serial: own} if serial and own else {})}
    return replace(
        model,
        id=f"{model.id}-{number}",
        wire="wire",
        address=address,
        mac=mac,
        truth=replace(model.truth, serial=own),
        values={name: _changed(text, changes) for name, text in model.values.items()},
    )


def _changed(text: str, changes: dict[str, str]) -> str:
    for old, new in changes.items():
        text = text.replace(old, new)
    return text


def _truths(devices: tuple[Device, ...]) -> Iterator[tuple[str, dict[str, str | None]]]:
    for device in devices:
        yield device.address, {**vars_of(device.truth), "mac": device.mac}


def main() -> int:
    network = site()
    try:
        with namespaces.build(network) as built:
            ready = {"scanner": built.scanner, "network": str(NETWORK), "truths": dict(_truths(network.devices))}
            print(json.dumps(ready), flush=True)
            while os.read(sys.stdin.fileno(), 4096):
                pass
    except (CannotRunError, OSError) as error:
        sys.stderr.write(f"cameras: {error}\n")
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
