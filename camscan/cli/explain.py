"""`camscan explain`: every claim about one device, the evidence and the rule, and what spoke against it."""

from typing import TYPE_CHECKING, Annotated

import typer

from camscan.cli.chosen import chosen_by
from camscan.cli.formats import Form
from camscan.cli.options import FingerprintsOption, InventoryOption, OutputOption, PolicyOption, SiteOption
from camscan.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from camscan.cli.chosen import Chosen
    from camscan.report.shape import Device


def explain(
    wanted: Annotated[
        str, typer.Argument(metavar="ADDRESS|DEVICE", help="An address, or the id, serial or MAC of a device.")
    ],
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="A scan written with --format json, or a recording; - for stdin. Without it: the inventory.",
        ),
    ] = None,
    form: Annotated[Form, typer.Option("--format", "-f", help="Form of the explanation.")] = Form.TABLE,
    output: OutputOption = None,
    policies: PolicyOption = None,
    site: SiteOption = None,
    fingerprints: FingerprintsOption = None,
    inventory: InventoryOption = None,
) -> None:
    """Explain why a device is what camscan says it is.

    What the inventory keeps of its replies, or a recording, is judged anew with the fingerprints of today; a scan's
    JSON is explained as it was judged then. With --policy or --site all are held against policies of today.

    \b
    camscan explain 10.20.0.17
    camscan explain 10.20.0.17 --from scan.json

    Exit codes: 0 done, 2 usage (no such device among them), 4 could not run.
    """
    from camscan.cli.advisories import told_of
    from camscan.cli.formats import screen
    from camscan.cli.output import Output
    from camscan.identify.sameness import same_value
    from camscan.report.explain import as_explanation, explanation
    from camscan.report.jsonl import as_json

    chosen = chosen_by(policies, site)
    if source is None:
        matching = _from_inventory(wanted, inventory, fingerprints, chosen)
    elif inventory is not None:
        raise UsageError("--from and --inventory do not go together")
    else:
        matching = _from_file(wanted, source, fingerprints, chosen)
    told = told_of(fingerprints) if any(device.advisories for device in matching) else {}
    found = [explanation(device, same_value, told) for device in matching]
    with Output(output) as destination:
        view = screen(destination.is_stdout)
        if form is Form.JSON:
            destination.write(as_json(found))
        else:
            texts = (as_explanation(one, terminal=view.terminal, width=view.width) for one in found)
            destination.write("\n".join(texts))


def _from_file(wanted: str, source: str, fingerprints: "Path | None", chosen: "Chosen") -> list["Device"]:
    from camscan.cli.document import read_document

    document = read_document(source, fingerprints, chosen)
    key = wanted.casefold()
    found = [device for device in document.devices if key in _names(device)]
    if not found:
        raise UsageError(f"{source}: no device {wanted} among its {len(document.devices)}")
    return found


def _names(device: "Device") -> set[str]:
    names = (device.id, device.address, *device.addresses, device.serial, device.mac)
    return {name.casefold() for name in names if name}


def _from_inventory(
    wanted: str, inventory: str | None, fingerprints: "Path | None", chosen: "Chosen"
) -> list["Device"]:
    """The device as its stored replies have it today, beside what its owner has decided."""
    import time

    from camscan.cli.known import load_known
    from camscan.cli.register import reading
    from camscan.cli.stored import stored_device
    from camscan.report.document import device_record
    from camscan.report.shape import Device

    known = load_known(fingerprints, chosen)
    with reading(inventory) as connection:
        found = stored_device(connection, wanted, known, time.time())
    return [Device.model_validate(device_record(found))]
