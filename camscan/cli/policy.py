"""`camscan policy`: the policies that devices can be held against, and one's own."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from camscan.cli.formats import Form
from camscan.cli.options import FingerprintsOption, OutputOption, QuietOption
from camscan.errors import UsageError

if TYPE_CHECKING:
    from camscan.assess.own_policy.check import Checked
    from camscan.assess.own_policy.policy import OwnPolicy
    from camscan.model import Device

APPROVED_DAYS = 365  # for which `make` approves where nobody says until when: a year, and somebody looks again

policy = typer.Typer(rich_markup_mode=None)

_DayFormat = ["%Y-%m-%d"]
SourceOption = Annotated[
    str,
    typer.Option("--from", metavar="FILE", help="A scan written with --format json, or a recording; - for stdin."),
]


FormOption = Annotated[Form, typer.Option("--format", "-f", help="Form of the answer.")]


@policy.callback()
def group() -> None:
    """Policies: those published, and your own. Facts for an audit report, not legal advice.

    \b
    camscan policy list
    camscan policy make --from scan.json --output policy.toml
    camscan policy check policy.toml --from scan.json
    """


@policy.command(name="list")
def list_policies(
    form: FormOption = Form.TABLE, output: OutputOption = None, fingerprints: FingerprintsOption = None
) -> None:
    """List the policies that `--policy` takes. None is on unless chosen.

    \b
    camscan policy list
    """
    from camscan.assess.policy.listing import as_data
    from camscan.cli.chosen import known_policies
    from camscan.report.policies import as_policy_list

    rows = [as_data(one) for one in known_policies(fingerprints).values()]
    _write(rows, form, output, as_policy_list)


@policy.command()
def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="As `camscan policy list` names it.")],
    form: FormOption = Form.TABLE,
    output: OutputOption = None,
    fingerprints: FingerprintsOption = None,
) -> None:
    """Show one policy: who is bound, to what, since when, which devices, and where that stands.

    \b
    camscan policy show us-ndaa-889
    camscan policy show us-ndaa-889 --format json
    """
    from camscan.assess.policy.listing import as_data
    from camscan.cli.chosen import known_policies, known_policy
    from camscan.report.policies import as_policy

    _write(as_data(known_policy(name, known_policies(fingerprints))), form, output, as_policy)


@policy.command()
def make(
    source: SourceOption,
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help="What the policy is called.")] = "our own policy",
    until: Annotated[
        datetime | None,
        typer.Option(
            "--until", metavar="DATE", formats=_DayFormat, help="Approve until this day; without it for a year."
        ),
    ] = None,
    output: OutputOption = None,
    fingerprints: FingerprintsOption = None,
) -> None:
    """Write a policy from an approved state: its makers, models, firmware and devices are what may be.

    The file is meant to be read and edited; `camscan policy check` holds later results against it.

    \b
    camscan policy make --from scan.json --output policy.toml
    camscan policy make --from scan.json --until 2027-12-31 --name 'car park'
    """
    from camscan.assess.own_policy.draft import draft
    from camscan.cli.output import Output, refuse_same_file
    from camscan.report.printable import printable

    refuse_same_file(output=output, result=Path(source))
    devices = _devices(source, fingerprints)
    if not devices:
        raise UsageError(f"{source}: no device in it, so nothing to approve")
    today = date.today()
    ends = until.date() if until else today + timedelta(days=APPROVED_DAYS)
    with Output(output) as destination:
        destination.write(draft(printable(name), devices, today, ends))


@policy.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="POLICY", help="A file as `camscan policy make` writes it.")],
    source: SourceOption,
    on: Annotated[
        datetime | None,
        typer.Option("--on", metavar="DATE", formats=_DayFormat, help="Hold approvals against this day, not today."),
    ] = None,
    form: FormOption = Form.TABLE,
    output: OutputOption = None,
    quiet: QuietOption = False,
    fingerprints: FingerprintsOption = None,
) -> int:
    """Hold a result against your own policy; name each rule and device that fail.

    \b
    camscan policy check policy.toml --from scan.json
    camscan policy check policy.toml --from scan.json --on 2027-06-01 --quiet

    Exit codes: 0 passes, 1 fails, 2 the policy or the result cannot be understood.
    """
    from camscan.assess.own_policy.check import check as check_devices
    from camscan.cli.ending import Exit
    from camscan.cli.output import refuse_same_file
    from camscan.identify.sameness import same_value

    refuse_same_file(output=output, result=Path(source), policy=file)
    own = _own_policy(file, fingerprints)
    day = on.date() if on else date.today()
    checked = check_devices(_devices(source, fingerprints), own, day, same_value)
    _deliver(_outcome(own, checked, day), form, output, quiet)
    return Exit.DONE if checked.passed else Exit.FINDINGS


def _deliver(outcome: dict[str, Any], form: Form, output: Path | None, quiet: bool) -> None:
    from camscan.cli.ending import say
    from camscan.report.policies import as_check, check_summary

    _write(outcome, form, output, as_check)
    if not quiet and (output is not None or form is Form.JSON):
        say(check_summary(outcome))


def _own_policy(file: Path, fingerprints: Path | None) -> "OwnPolicy":
    from camscan.assess.own_policy.file import load_own_policy
    from camscan.cli.data import data_directory
    from camscan.identify.vocabulary import load_vocabulary

    words = load_vocabulary((fingerprints or data_directory()) / "vendors.toml")
    return load_own_policy(file, makers=words.makers, kinds=words.kinds, capabilities=words.capabilities)


def _devices(source: str, fingerprints: Path | None) -> "list[Device]":
    from camscan.cli.document import read_document
    from camscan.report.readback import device_of

    return [device_of(record) for record in read_document(source, fingerprints).devices]


def _outcome(own: "OwnPolicy", checked: "Checked", day: date) -> dict[str, Any]:
    return {
        "policy": own.name,
        "date": str(own.date),
        "on": str(day),
        "passed": checked.passed,
        "unknown": own.unknown,
        "judged": checked.judged,
        "left_out": checked.left_out,
        "broken": [
            {
                "device": one.device.id,
                "address": one.device.address,
                "rule": one.rule,
                "answer": one.answer,
                "reason": one.reason,
            }
            for one in checked.broken
        ],
    }


def _write(data: Any, form: Form, output: Path | None, render: Any) -> None:
    from camscan.cli.formats import screen
    from camscan.cli.output import Output
    from camscan.report.jsonl import as_json

    with Output(output) as destination:
        view = screen(destination.is_stdout)
        text = as_json(data) if form is Form.JSON else render(data, terminal=view.terminal, width=view.width)
        destination.write(text)
