"""The four forms of a result, chosen by `--format`."""

import shutil
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from camscan.change import Comparison
    from camscan.cli.output import Text
    from camscan.model import ScanResult


class Form(StrEnum):
    """What `--format` takes where a table and JSON are all."""

    TABLE = "table"
    JSON = "json"


class Format(StrEnum):
    """What `--format` takes."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


class Screen(NamedTuple):
    """Whether a table is for a terminal, and how wide that is."""

    terminal: bool
    width: int


def screen(to_stdout: bool) -> Screen:
    """The screen that stdout is, if it is one and the result goes there."""
    terminal = to_stdout and sys.stdout is not None and sys.stdout.isatty()
    return Screen(terminal, shutil.get_terminal_size().columns)


def render(result: "ScanResult", form: Format, view: Screen) -> "Text":
    """The result as text in the wanted form; JSON piece by piece."""
    if form is Format.CSV:
        from camscan.report.csv import as_csv

        return as_csv(result)
    if form is Format.TABLE:
        from camscan.report.table import as_table

        return as_table(result, terminal=view.terminal, width=view.width)
    return _render_json(result, form)


def render_changes(comparison: "Comparison", form: Format, view: Screen) -> "Text":
    """What changed, as text in the wanted form."""
    import camscan
    from camscan.report import diff
    from camscan.report.jsonl import as_json_document

    if form is Format.CSV:
        return diff.as_diff_csv(comparison)
    if form is Format.JSONL:
        return diff.as_diff_jsonl(comparison)
    if form is Format.JSON:
        return as_json_document(diff.diff_document(comparison, camscan.__version__))
    return diff.as_diff_text(comparison, terminal=view.terminal, width=view.width)


def _render_json(result: "ScanResult", form: Format) -> "Text":
    import camscan
    from camscan.report.document import as_document
    from camscan.report.jsonl import as_json_document, as_jsonl

    return as_jsonl(result) if form is Format.JSONL else as_json_document(as_document(result, camscan.__version__))
