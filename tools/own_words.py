"""Writes `camscan/report/redaction/own_words.txt`: the words that the program itself says of devices and scans:
`python tools/own_words.py`.

They are those of every text in the code of the stages whose sentences stand in reports; what explains the code
(docstrings) is left out. `camscan report --redact` lets only known words stay in a sentence. The same code gives the
same bytes; a test holds the file against it.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent / "camscan"
FILE = ROOT / "report" / "redaction" / "own_words.txt"
STAGES = (
    "assess",
    "discover",
    "identify",
    "intake",
    "inventory",
    "protocols",
    "report",
    "transport",
    "change.py",
    "scan.py",
)
_WORD = re.compile(r"[^\W_]{2,}")


def words() -> list[str]:
    """Every word, small, in the order of the alphabet. What begins with a digit is none."""
    found = {word.casefold() for path in _files() for text in _texts(path) for word in _WORD.findall(text)}
    return sorted(word for word in found if word.isascii() and word[0].isalpha() and len(word) <= 20)


def _files() -> Iterator[Path]:
    for name in STAGES:
        path = ROOT / name
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]


def _texts(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = [node for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)]
    explained = {id(node.value) for node in said}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in explained:
            yield node.value


def main() -> int:
    """Writes the file; returns the exit code."""
    FILE.write_text("".join(f"{word}\n" for word in words()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
