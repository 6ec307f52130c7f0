"""The pictures of the documents: each is there, is said in words, and is one that the script makes."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "pictures"
SCRIPT = (ROOT / "tools" / "screenshots.py").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SHOWN = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<file>[^)]*)\)|<img alt=\"(?P<said>[^\"]*)\" src=\"(?P<source>[^\"]*)\">")
KILOBYTES = 600  # all of them together


def shown() -> list[tuple[Path, str]]:
    """Each file that a document shows, and its words."""
    found = [
        (page.parent / (one["file"] or one["source"]), one["alt"] or one["said"] or "")
        for page in DOCUMENTS
        for one in SHOWN.finditer(page.read_text(encoding="utf-8"))
    ]
    more = [
        (page.parent / name, "as the one beside it")
        for page in DOCUMENTS
        for name in re.findall(r'srcset="([^"]*)"', page.read_text(encoding="utf-8"))
    ]
    return found + more


def test_every_picture_is_there_and_is_said_in_words() -> None:
    assert {path.resolve() for path, _ in shown()} == set(FOLDER.iterdir())
    assert [path for path, words in shown() if len(words.split()) < 4] == []


def test_the_script_makes_each_of_them() -> None:
    listed = re.search(r"PICTURES = \((.*?)\)", SCRIPT, re.S)
    assert listed
    assert sorted(re.findall(r'"([^"]+)"', listed[1])) == sorted(path.name for path in FOLDER.iterdir())


def test_they_are_small_and_not_in_the_wheel() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < KILOBYTES * 1000
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert not [name for name in (*wheel["packages"], *wheel["force-include"], *wheel["shared-data"]) if "docs" in name]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.svg")), ids=lambda path: path.name)
def test_a_drawing_loads_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[^\"' ]*", text)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<script|@import|@font-face|<image|\bhref=", text)
