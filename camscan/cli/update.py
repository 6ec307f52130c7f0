"""`camscan update`: newer data files from a signed bundle, without a network."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from camscan.cli.options import QuietOption
from camscan.errors import BundleError, CannotRunError, UsageError

if TYPE_CHECKING:
    from camscan.intake.bundle import Bundle


def update(
    source: Annotated[Path, typer.Option("--from", metavar="FILE", help="The bundle: a zip with a signed manifest.")],
    keys: Annotated[
        list[Path] | None,
        typer.Option("--key", metavar="FILE", help="Trust this public key (PEM, Ed25519) too. Repeatable."),
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """Install newer data files for this user from a signed bundle. Sends nothing.

    The signature must be of a key in ~/.config/camscan/keys/ or /etc/camscan/keys/ (*.pem), or of one named here. Data
    that are not newer than those in use are refused, and so are data that do not load.

    \b
    camscan update --from data-2026-12-01.zip
    """
    from camscan.cli.data import data_home
    from camscan.cli.ending import say
    from camscan.cli.installing import install

    bundle = _read(source, keys or [])
    _refuse_not_newer(bundle, source)
    home = data_home()
    if home is None:
        raise CannotRunError("the home of this user is not known; set XDG_DATA_HOME")
    where = install(bundle, home)
    if not quiet:
        say(f"data of {bundle.date} in use from now on, {len(bundle.files)} files in {where}")
        say(f"signed by key {bundle.key.id} ({bundle.key.source})")


def _read(source: Path, named: list[Path]) -> "Bundle":
    from camscan.cli.keys import key_folder, trusted_keys
    from camscan.intake.bundle import BUNDLE_LIMIT, read_bundle

    keys = trusted_keys(named)
    if not keys:
        raise UsageError(f"no key to check a signature by: put the publisher's into {key_folder()} or name it by --key")
    try:
        if source.exists() and not source.is_file():
            raise BundleError(f"{source}: not a regular file")
        with source.open("rb") as stream:
            data = stream.read(BUNDLE_LIMIT + 1)
    except OSError as error:
        raise UsageError(f"--from {source}: {(error.strerror or str(error)).lower()}") from None
    if len(data) > BUNDLE_LIMIT:
        raise BundleError(f"{source}: larger than {BUNDLE_LIMIT:,} bytes")
    try:
        return read_bundle(data, keys)
    except BundleError as error:
        raise BundleError(f"{source}: {error}") from None


def _refuse_not_newer(bundle: "Bundle", source: Path) -> None:
    """An old bundle, signed by whom it may, would bring back what was known less well; one from the future would keep
    all others out."""
    from camscan.cli.data import data_in_use, shipped_data

    day = str(bundle.date)
    in_use = max(data_in_use().date, shipped_data().date)
    if day <= in_use:
        raise BundleError(f"{source}: data of {day}, not newer than those in use, of {in_use}")
    if bundle.date > today() + timedelta(days=1):
        raise CannotRunError(f"{source}: data of {day}, which is not yet; is the clock of this machine right?")


def today() -> date:
    """The day by the clock of this machine, in UTC."""
    return datetime.now(UTC).date()
