"""`python -m camscan.lab`: serves the site in the foreground until stdin closes or a signal comes.

When it is up it writes one JSON line: `{"ready": true, "targets": […], "scanner": "name"|null, "devices": N,
"missing": […]}`. As root the site stands in network namespaces; otherwise, or with `--loopback`, on 127.0.0.0/8. Exit
code 4 and a line on stderr where neither can be had.
"""

import asyncio
import json
import os
import signal
import sys
import threading

from camscan.errors import CannotRunError
from camscan.lab import loopback, namespaces, netns
from camscan.lab.network import Network
from camscan.lab.site import Site, load_site

_CANNOT_RUN = 4


def main(arguments: list[str]) -> int:
    """The exit code."""
    try:
        site = load_site()
        if "--loopback" in arguments or netns.obstacle():
            asyncio.run(_on_loopback(site))
        else:
            _in_namespaces(site)
    except (CannotRunError, OSError) as error:
        sys.stderr.write(f"camscan.lab: {error}\n")
        return _CANNOT_RUN
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return 0


def _in_namespaces(site: Site) -> None:
    with namespaces.build(site) as network:
        _announce(network)
        _wait_for_end_of_input()


async def _on_loopback(site: Site) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, ended.set)

    def watch_input() -> None:
        _wait_for_end_of_input()
        loop.call_soon_threadsafe(ended.set)

    async with loopback.serve(site) as network:
        _announce(network)
        threading.Thread(target=watch_input, daemon=True).start()
        await ended.wait()


def _wait_for_end_of_input() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass


def _announce(network: Network) -> None:
    line = {
        "ready": True,
        "targets": network.targets,
        "scanner": network.scanner,
        "devices": len({device.id for device in network.devices.values()}),
        "missing": network.missing,
    }
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
