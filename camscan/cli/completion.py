"""`camscan completion`: what a shell needs to complete the words of a camscan command, and the answers to it."""

import os
import sys
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import typer

from camscan.cli.ending import Exit

VARIABLE = "_CAMSCAN_COMPLETE"


class Shell(StrEnum):
    """The shells that are known."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def completion(
    shell: Annotated[Shell, typer.Argument(metavar=f"[{'|'.join(Shell)}]", help="For which shell.")],
) -> None:
    """Print the lines that make a shell complete commands, options and their values when Tab is pressed.

    \b
    source <(camscan completion bash)                                   # in ~/.bashrc
    source <(camscan completion zsh)                                    # in ~/.zshrc, after compinit
    camscan completion fish > ~/.config/fish/completions/camscan.fish
    """
    from typer.completion import get_completion_script  # type: ignore[attr-defined]

    from camscan.cli.output import write_stdout

    write_stdout(get_completion_script(prog_name="camscan", complete_var=VARIABLE, shell=shell.value) + "\n")


def is_asked() -> bool:
    """Whether a shell asks what may come next, instead of running a command."""
    return bool(os.environ.get(VARIABLE))


def answer(command: Callable[[], object]) -> int:
    """Lets typer answer, which ends the program; the exit code.

    rich is kept away: typer would have it fold the help texts, which breaks them for fish, and loading it takes longer
    than all the rest.
    """
    from typer.completion import completion_init  # type: ignore[attr-defined]

    sys.modules["rich"] = None  # type: ignore[assignment]
    completion_init()
    try:
        command()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else Exit.DONE
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    return Exit.DONE
