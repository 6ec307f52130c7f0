"""`camscan capture`: one device's replies as redacted captures. What the options mean; `contribute.py` acts."""

from pathlib import Path
from typing import Annotated

import typer

from camscan.cli.options import FingerprintsOption, QuietOption


def capture(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The IP address of the device.")],
    source: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="FILE", help="Take its replies from a recording, and send nothing; - for stdin."
        ),
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Write the captures below DIR.")] = Path(
        "captures"
    ),
    force: Annotated[bool, typer.Option("--force", help="Replace captures that are there already.")] = False,
    interfaces: Annotated[
        list[str] | None,
        typer.Option("--interface", metavar="NAME", help="Use this network interface only. Repeatable."),
    ] = None,
    allow_public: Annotated[bool, typer.Option("--allow-public", help="Permit a public address.")] = False,
    no_challenge: Annotated[
        bool, typer.Option("--no-challenge", help="Leave out login challenges, which carry no credential.")
    ] = False,
    quiet: QuietOption = False,
    fingerprints: FingerprintsOption = None,
) -> int:
    """Record what one device answers as captures: files to add to tests/captures/, without what identifies it.

    Asks the device as `camscan scan ADDRESS` does, or reads a recording of `scan --replies`. Serials, MACs, addresses,
    UUIDs, names, places and accounts are replaced by stand-ins of the same shape, the same in every file. A reply that
    would then say something else of the device is left out. Look at the files before you share them: no program knows
    every way in which a page may name its owner.

    \b
    camscan capture 10.20.0.17
    camscan capture 10.20.0.17 --from replies.jsonl --output captures

    Exit codes: 0 done, 2 usage, 3 partial (a channel could not ask), 4 nothing to write, 130 interrupted.
    """
    from camscan.cli.contribute import Asked, contribute
    from camscan.cli.placing import Destination

    asked = Asked(
        address=address,
        source=source,
        interfaces=tuple(interfaces or ()),
        allow_public=allow_public,
        challenge=not no_challenge,
        quiet=quiet,
        fingerprints=fingerprints,
    )
    return contribute(asked, Destination(directory=output, force=force))
