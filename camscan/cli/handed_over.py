"""Where a page goes that somebody is handed: a file of HTML, a PDF, or both."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from camscan.cli.ending import say
from camscan.cli.output import Output, refuse_same_file
from camscan.errors import CannotRunError, UsageError

_MISSING = "--pdf needs a library: pip install 'camscan[pdf]'"
_NO_PANGO = (
    "--pdf needs Pango, which WeasyPrint does not find here: "
    "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
)


@contextmanager
def handed_over(
    html: Path | None, pdf: Path | None, language: str, *, quiet: bool
) -> Iterator[Callable[[Iterable[str]], None]]:
    """What writes the pieces of a page. The files are opened and the library is looked for before the page is made.

    Raises `UsageError` where there is no file to write to or both are one, `CannotRunError` without the library.
    """
    if html is None and pdf is None:
        raise UsageError("--html or --pdf is missing: where is the page to go?")
    refuse_same_file(html=html, pdf=pdf)
    with ExitStack() as files:
        page_file = None if html is None else files.enter_context(Output(html, "--html"))
        print_file = None if pdf is None else files.enter_context(Output(pdf, "--pdf"))
        if print_file is not None:
            if not print_file.takes_bytes:
                raise UsageError(f"--pdf {pdf}: a file is needed")
            _look_for_the_library()

        def hand_over(page: Iterable[str]) -> None:
            pieces = page if print_file is None else ["".join(page)]
            if page_file is not None:
                page_file.write(pieces)
            if print_file is not None:
                told = _print(pieces, print_file, language)
                _tell(() if quiet else told, pdf)

        yield hand_over


def _look_for_the_library() -> None:
    try:
        import camscan.report.html.pdf  # noqa: F401
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] == "camscan":
            raise
        raise CannotRunError(_MISSING) from None
    except OSError:  # what cffi raises where a library of the system is missing
        raise CannotRunError(_NO_PANGO) from None


def _print(page: Iterable[str], file: Output, language: str) -> Iterable[str]:
    """Writes it; returns what there is to say of it."""
    from camscan.report.html.pdf import as_pdf

    made = as_pdf(page, language)

    def write(stream: BinaryIO) -> None:
        stream.write(made.data)

    file.fill(write)
    return (f"{made.sides:,} sides of A4", *made.left_out)


def _tell(lines: Iterable[str], file: Path | None) -> None:
    for line in lines:
        say(f"{file}: {line}")
