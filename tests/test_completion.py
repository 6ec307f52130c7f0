"""Completion, with real shells that source what `camscan completion` prints and ask for words."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli_rig import run

ROOT = Path(__file__).parent.parent


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A `camscan` on the path that is the one under test, and a home with nothing in it."""
    program = tmp_path / "camscan"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m camscan "$@"\n')
    program.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    return {"PATH": path, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", "TERM": "dumb"}


def shell(name: str, script: str, environment: dict[str, str], *arguments: str) -> str:
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed")
    ended = subprocess.run(
        [program, *arguments, "-c", script], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.stderr == ""
    return ended.stdout


BASH = """source <(camscan completion bash)
COMP_WORDS=({words}) COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
_camscan_completion camscan
printf '%s\\n' "${{COMPREPLY[@]}}"; complete -p camscan"""

ZSH = """compdef() {{ print -r -- "compdef $@" }}
_arguments() {{ print -r -- "$@" }}
_files() {{ print files }}
source <(camscan completion zsh)
words=({words}) CURRENT=$#words
_camscan_completion"""

FISH = "camscan completion fish | source; complete -C '{words}'"


def test_bash(environment: dict[str, str]) -> None:
    told = shell("bash", BASH.format(words="camscan dev"), environment, "--norc")
    assert told.splitlines() == ["devices", "complete -o default -F _camscan_completion camscan"]


def test_bash_knows_options_and_their_values(environment: dict[str, str]) -> None:
    told = shell("bash", BASH.format(words="camscan devices --fi"), environment, "--norc").splitlines()
    assert told[0] == "--firmware"
    told = shell("bash", BASH.format(words="camscan export --format netbox-d"), environment, "--norc").splitlines()
    assert told[0] == "netbox-device-types"
    told = shell("bash", BASH.format(words="camscan bundle ver"), environment, "--norc").splitlines()
    assert told[0] == "verify"


def test_zsh(environment: dict[str, str]) -> None:
    told = shell("zsh", ZSH.format(words="camscan dev"), environment, "-f")
    assert told.startswith('compdef _camscan_completion camscan\n*: :(("devices":')
    assert shell("zsh", ZSH.format(words="camscan replay x"), environment, "-f").endswith("files\n")


def test_zsh_takes_what_every_command_offers(environment: dict[str, str]) -> None:
    for command in ("scan", "export", "reconcile", "bundle"):
        told = shell("zsh", ZSH.format(words=f"camscan {command} --"), environment, "-f")
        assert '"--output":"' in told
        assert told.endswith('"--help":"Show this message and exit."))\n')


def test_fish(environment: dict[str, str]) -> None:
    (line,) = shell("fish", FISH.format(words="camscan dev"), environment, "--no-config").splitlines()
    assert line.split("\t")[0] == "devices"


def test_fish_gets_each_option_on_one_line(environment: dict[str, str]) -> None:
    lines = shell("fish", FISH.format(words="camscan devices --"), environment, "--no-config").splitlines()
    assert all(line.startswith("--") for line in lines)
    assert any(line.startswith("--inventory\t") for line in lines)


@pytest.mark.parametrize("heavy", ["rich", "pydantic", "asyncio", "sqlalchemy", "jinja2", "cyclonedx", "numpy"])
def test_an_answer_loads_nothing_heavy(heavy: str) -> None:
    program = (
        "import atexit, sys; from camscan.cli.main import main\n"
        f"atexit.register(lambda: print('loaded' if sys.modules.get({heavy!r}) else 'light'))\nmain()"
    )
    for words in ("camscan ", "camscan scan --"):
        asked = {"_CAMSCAN_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": words, "PYTHONPATH": str(ROOT)}
        ended = subprocess.run([sys.executable, "-c", program], env=asked, capture_output=True, text=True, check=True)
        assert ended.stdout.endswith("light\n")
        assert len(ended.stdout) > 200


def test_a_variable_without_a_question_changes_nothing(environment: dict[str, str]) -> None:
    ended = subprocess.run(["camscan", "export"], env={**environment, "_CAMSCAN_COMPLETE": ""}, capture_output=True)
    assert (ended.returncode, ended.stdout) == (2, b"")


def test_another_shell_is_refused() -> None:
    ended = run("completion", "csh")
    assert ended.code == 2
    assert len(ended.err.splitlines()) == 1
