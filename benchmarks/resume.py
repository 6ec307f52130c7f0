"""Kills scans of the emulated site at random moments, goes on with them, and checks what must hold of both runs.

`unshare -n sh -c 'ip link set lo up; python -m benchmarks.resume 20 1'`: how many moments, and the seed. Each moment is
a number of lines that the journal holds when the scan is killed.
"""

import asyncio
import random
import sys
import tempfile
from pathlib import Path

from camscan.lab import loopback
from camscan.lab.site import load_site
from tests.resume_rig import Folder, Run, asked_again, more_than_once


async def main(count: int, seed: int) -> int:
    """How many of the trials went wrong."""
    with tempfile.TemporaryDirectory() as name:
        async with loopback.serve(load_site()):
            folder = Folder(Path(name))
            whole = await folder.run()
        lines = folder.journal.read_bytes().count(b"\n")
    moments = random.Random(seed)
    print(f"the whole scan: {len(whole.document()['devices'])} devices, {lines} lines in its journal")
    return sum([await trial(whole, moments.randrange(1, lines)) for _ in range(count)])


async def trial(whole: Run, cut: int) -> bool:
    """Whether it went wrong; says how it went."""
    with tempfile.TemporaryDirectory() as name:
        async with loopback.serve(load_site()) as site:
            trial = await Folder(Path(name)).cut_and_go_on(cut)
        again, twice = asked_again(trial), more_than_once(site)
        same = trial.second.document(trial.under_way) == whole.document(trial.under_way)
    print(
        f"cut at {len(trial.journal):4} lines: sent {len(trial.before):5} and {len(trial.after):5}; "
        f"result {'the same' if same else 'DIFFERS'}, {len(again)} asked again, {len(twice)} twice what is given once"
    )
    return bool(again or twice or not same or trial.second.code)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*map(int, sys.argv[1:3]))))
