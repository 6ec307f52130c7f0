"""`camscan --version`: the program, and the date of every data file it came with.

The dates are read as text, not by loading the rules: the answer is instant, and it comes also where a rule is broken.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import camscan
from camscan.assess.advisory.file import FOLDER
from camscan.cli.data import data_in_use, newest_date


def version_text() -> str:
    """`camscan 0.1.0, data of 2026-11-22`, then one line a data file; a folder of one file a subject is one line."""
    data = data_in_use()
    directory = data.directory
    dates = {path: newest_date(path) for path in sorted(directory.rglob("*.toml"))}
    newest = max((date for date in dates.values() if date), default="unknown date")
    whole = f"data of {data.date}, installed in {directory.parent}" if data.installed else f"data of {newest}"
    listed = (f"  {date or 'no date   '}  {name}" for name, date in _lines(directory, dates))
    return "\n".join((f"camscan {camscan.__version__}, {whole}", *listed))


def _lines(directory: Path, dates: Mapping[Path, str | None]) -> Iterator[tuple[str, str | None]]:
    for path, date in dates.items():
        if path.parent != directory / FOLDER:
            yield str(path.relative_to(directory)), date
    folder = [date for path, date in dates.items() if path.parent == directory / FOLDER]
    if folder:
        yield f"{FOLDER}/ ({len(folder)} files)", max((date for date in folder if date), default=None)
