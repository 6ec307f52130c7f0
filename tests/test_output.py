"""A text that comes in pieces is written whole or not at all, as one that comes at once."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from camscan.cli.output import Output, write_stdout


def broken() -> Iterator[str]:
    yield "new"
    raise RuntimeError


def test_pieces_make_one_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "out.json"
    with Output(path) as output:
        output.write(piece for piece in ("a", "b\n", "", "c"))
    assert path.read_text(encoding="utf-8") == "ab\nc"
    write_stdout(iter(["a", "b\n"]))
    assert capsys.readouterr().out == "ab\n"


def test_a_file_stays_as_it_was_where_the_pieces_end_early(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(RuntimeError), Output(path) as output:
        output.write(broken())
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_pipe_without_a_name_is_written_to() -> None:
    reading, writing = os.pipe()
    with Output(Path(f"/dev/fd/{writing}")) as destination:
        destination.write("whole")
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as stream:
        assert stream.read() == "whole"
