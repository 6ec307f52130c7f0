"""Writes the manual pages below `man/man1` from the help of the commands: `python tools/man_pages.py`.

One page for `camscan` and one for each command, in the man macros that groff and mandoc both read without a warning.
The text is that of `--help`: a block of examples becomes EXAMPLES, the paragraph of exit codes EXIT STATUS. The same
help gives the same bytes; a test holds the files against it.
"""

import inspect
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import typer.main

import camscan
from camscan.cli.main import app

DATE = "2026-11-30"  # of the text; a page without a date is refused by mandoc, and one of today never is the same twice
FOLDER = Path(__file__).parent.parent / "man" / "man1"
WIDTH = 72  # characters of a line, before roff's escapes

_SIGNS = str.maketrans(  # what roff would act on; a long list of choices may be broken after a bar
    {"\\": "\\e", "-": "\\-", '"': "\\(dq", "`": "\\(ga", "'": "\\(aq", "|": "|\\:"}
)
_EXAMPLES = "\b\n"
_EXIT = "Exit codes: "


def pages() -> dict[str, str]:
    """Every page by the name of its file."""
    found = list(_commands(typer.main.get_command(app), ("camscan",)))
    names = ["-".join(path) for path, _ in found]
    return {
        f"{'-'.join(path)}.1": "".join(f"{line}\n" for line in _page(path, command, names)) for path, command in found
    }


def _commands(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from _commands(below, (*path, name))


def _page(path: tuple[str, ...], command: Any, names: Iterable[str]) -> Iterator[str]:
    name = "-".join(path)
    context = command.make_context(" ".join(path), [], resilient_parsing=True)
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    prose = [text for text in paragraphs if not text.startswith((_EXAMPLES, _EXIT))]
    yield f'.TH "{_escaped(name.upper())}" "1" "{DATE}" "camscan {camscan.__version__}" "camscan"'
    yield from (".nh", ".ad l")  # neither options nor addresses are to be broken, nor lines to be stretched
    yield from (".SH NAME", f"{_escaped(name)} \\- {_escaped(_summary(prose[0]))}")
    yield from (
        ".SH SYNOPSIS",
        f".B {_escaped(' '.join(path))}",
        _line(" ".join(command.collect_usage_pieces(context))),
    )
    yield from _section("DESCRIPTION", prose)
    yield from _records("ARGUMENTS", (one for one in command.params if one.param_type_name == "argument"), context)
    yield from _records("OPTIONS", (one for one in command.params if one.param_type_name == "option"), context)
    yield from _below(command)
    yield from _section("EXIT STATUS", [one.removeprefix(_EXIT) for one in paragraphs if one.startswith(_EXIT)])
    yield from _examples(text.removeprefix(_EXAMPLES) for text in paragraphs if text.startswith(_EXAMPLES))
    yield from (".SH SEE ALSO", _line(", ".join(f"{one}(1)" for one in _related(name, names))))


def _summary(text: str) -> str:
    """The first sentence, on one line."""
    return re.split(r"(?<=[.:]) ", " ".join(text.split()))[0].rstrip(".:")


def _section(title: str, paragraphs: list[str]) -> Iterator[str]:
    for number, text in enumerate(paragraphs):
        yield ".PP" if number else f".SH {title}"
        yield from _filled(text)


def _records(title: str, parameters: Iterable[Any], context: Any) -> Iterator[str]:
    """What may be given, with its help."""
    records = [record for one in parameters if (record := one.get_help_record(context))]
    if records:
        yield f".SH {title}"
    for name, text in records:
        yield from (".TP", f".B {_escaped(name)}", *_filled(text))


def _below(command: Any) -> Iterator[str]:
    below = getattr(command, "commands", {})
    if below:
        yield ".SH COMMANDS"
    for name, one in below.items():
        yield from (".TP", f".B {_escaped(name)}", _line(_summary(inspect.cleandoc(one.help or "").split("\n\n")[0])))


def _examples(blocks: Iterable[str]) -> Iterator[str]:
    lines = [line for block in blocks for line in block.splitlines()]
    if lines:
        yield from (".SH EXAMPLES", ".nf", *map(_line, lines), ".fi")


def _related(name: str, names: Iterable[str]) -> list[str]:
    """The page above, those below, and from the first one all."""
    above = name.rpartition("-")[0] or None
    return [one for one in names if one != name and (one == above or one.rpartition("-")[0] == name)] or ["camscan"]


def _filled(text: str) -> list[str]:
    """A paragraph in lines that a person can read in the source."""
    return [_line(line) for line in textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)]


def _line(text: str) -> str:
    """A line of text; one that begins like a request of roff is none."""
    shown = _escaped(text)
    return f"\\&{shown}" if shown.startswith((".", "'")) else shown


def _escaped(text: str) -> str:
    """The text in ASCII, with nothing in it that roff would act on."""
    return "".join(sign if sign.isascii() else f"\\[u{ord(sign):04X}]" for sign in text.translate(_SIGNS))


def main() -> int:
    """Writes the pages that differ, and removes those of commands that there are no more."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for path in FOLDER.glob("*.1"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="ascii")
    print(f"{len(wanted)} pages in {FOLDER}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
