"""`camscan fingerprint check`: the self-tests of the data files, those that came along or the user's own."""

import typer

from camscan.cli.options import FingerprintsOption

fingerprint = typer.Typer(help="Work with the data files that devices are told by.", rich_markup_mode=None)


@fingerprint.callback()
def group() -> None:
    """Work with the data files that devices are told by."""


@fingerprint.command()
def check(fingerprints: FingerprintsOption = None) -> int:
    """Check every rule: that it loads, that its examples and counterexamples hold, that no other rule overrules them.

    One line for each defect: file, rule and reason; of a file that does not load, the first. Sends nothing.

    Exit codes: 0 all hold, 2 there are defects.
    """
    from camscan.cli.ending import Exit, say
    from camscan.cli.output import write_stdout
    from camscan.datafile import default_directory
    from camscan.identify.selftest import check_directory

    verdict = check_directory(fingerprints or default_directory())
    for defect in verdict.defects:
        say(defect)
    numbers = ((verdict.files, "file"), (verdict.rules, "rule"), (verdict.examples, "example"))
    counted = ", ".join(_counted(number, noun) for number, noun in numbers)
    if verdict.defects:
        say(f"{counted}: {_counted(len(verdict.defects), 'defect')}")
        return Exit.USAGE
    write_stdout(f"{counted}: all hold\n")
    return Exit.DONE


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
