"""What commands print into a file or a pipe is what a person has looked at, whatever the terminal is like.

Where this fails and the change is meant: `CAMSCAN_GOLDEN=write python -m pytest tests/test_golden.py`; read the diff.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli_rig import run
from tests.golden_rig import COMMANDS, FOLDER, clock, differs, shown, tell
from tests.inventory_rig import TODAY


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("story")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(time, "time", clock(TODAY))
        patch.setenv("CAMSCAN_INVENTORY", str(folder / "inventory.sqlite"))
        tell(folder)
        yield folder


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_prints_what_was_looked_at(name: str, story: Path) -> None:
    text = shown(COMMANDS[name], run(*COMMANDS[name].split())).replace(str(story), "~")
    assert not differs(name, text), f"{FOLDER / name}.txt is not what `camscan {COMMANDS[name]}` prints:\n{text}"


@pytest.mark.parametrize("name", ["devices", "sites", "findings", "diff", "reconcile", "exposure", "explain"])
def test_a_pipe_does_not_ask_how_wide_a_terminal_is(name: str, story: Path) -> None:
    narrow = {"COLUMNS": "40", "LINES": "10", "TERM": "xterm-256color", "FORCE_COLOR": "1"}
    once = run(*COMMANDS[name].split(), environment=narrow)
    assert once.out == run(*COMMANDS[name].split(), environment={"NO_COLOR": "1", "TERM": "dumb"}).out


def test_every_file_belongs_to_a_command() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(COMMANDS)
