"""The help of every command: it holds examples that its own parser takes, and the manual pages are the same text."""

import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from camscan.cli.main import app
from tools.man_pages import FOLDER, pages

ROOT = Path(__file__).parent.parent
EXAMPLES = "\b\n"


def commands(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*path, name))


COMMANDS = dict(commands(typer.main.get_command(app), ("camscan",)))


def examples(command: Any) -> list[str]:
    blocks = [text for text in command.help.split("\n\n") if text.startswith(EXAMPLES)]
    lines = (line for block in blocks for line in block.removeprefix(EXAMPLES).splitlines())
    return [part.strip() for line in lines for part in line.split(" && ") if part.strip()]


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_help_holds_an_example_of_its_command(path: tuple[str, ...]) -> None:
    assert any(" ".join(path) in line for line in examples(COMMANDS[path]))


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_example_is_one_that_camscan_takes(path: tuple[str, ...]) -> None:
    for line in examples(COMMANDS[path]):
        words = shlex.split(line.replace("<(", "").replace(")", ""), comments=True)
        words = words[words.index("camscan") : words.index(">") if ">" in words else None]
        used = max((one for one in COMMANDS if list(one) == words[: len(one)]), key=len)
        COMMANDS[used].make_context(" ".join(used), words[len(used) :])


def test_the_manual_pages_are_those_of_the_help() -> None:
    """Where this fails: `python tools/man_pages.py`."""
    assert {path.name: path.read_text(encoding="ascii") for path in FOLDER.glob("*")} == pages()


def test_the_manual_pages_are_installed() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]
    assert build["wheel"]["shared-data"][FOLDER.relative_to(ROOT).as_posix()] == "share/man/man1"
    assert "man" in build["sdist"]["include"]


@pytest.mark.parametrize(
    "reader",
    [("groff", "-man", "-ww", "-Tutf8", "-z"), ("mandoc", "-T", "lint", "-W", "warning"), ("man", "--warnings", "-l")],
    ids=lambda reader: reader[0],
)
def test_a_reader_of_manual_pages_has_nothing_to_warn_of(reader: tuple[str, ...]) -> None:
    if shutil.which(reader[0]) is None:
        pytest.skip(f"{reader[0]} is not installed")
    for path in sorted(FOLDER.glob("*.1")):
        read = subprocess.run([*reader, str(path)], capture_output=True, text=True, timeout=60, check=False)
        assert (path.name, read.stderr) == (path.name, "")
        assert read.returncode == 0
        if reader[0] == "mandoc":
            assert read.stdout == ""


def test_a_page_shows_what_the_help_says() -> None:
    if shutil.which("groff") is None:
        pytest.skip("groff is not installed")
    command = ["groff", "-man", "-Tascii", "-P-c", str(FOLDER / "camscan-findings.1")]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    shown = re.sub(".\b", "", shown)  # what is bold is struck twice
    for part in (
        "NAME",
        "camscan-findings - ",
        "--severity SEVERITY",
        "EXAMPLES",
        "camscan findings --ignored",
        "EXIT STATUS",
    ):
        assert part in shown
