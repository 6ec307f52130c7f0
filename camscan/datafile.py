"""Where the data lives and how it is read: `fingerprints/` beside the package in a checkout, in it once installed."""

import re
import stat
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import camscan
from camscan.errors import KnowledgeError

SIZE_LIMIT = 8 * 1024 * 1024  # bytes; the longest file here has 50 kB, and every block of the IEEE would fill 6 MB
DEPTH_LIMIT = 16  # parts of a dotted key; two are in use, and tomllib's time and memory grow with their square
TABLES_LIMIT = 100_000  # headers of one file; all of the IEEE are half as many, and tomllib takes a kilobyte for each
NAMED = 5  # unknown keys; more tell nobody more

_QUOTED = re.compile(r'"""|\'\'\'|"(?:[^"\\]|\\.)*"?|\'[^\']*\'?')
_NOT_OF_A_KEY = re.compile(r"[^\w.\- \t]+")
_HEADER = re.compile(r"^[ \t]*\[", re.MULTILINE)


def default_directory() -> Path:
    """The data that came with this program. Raises `KnowledgeError` where it is missing."""
    package = Path(camscan.__file__).parent
    for candidate in (package / "fingerprints", package.parent / "fingerprints"):
        if candidate.is_dir():
            return candidate
    raise KnowledgeError(f"no fingerprints directory beside {package}: the installation is incomplete")


def load_toml(path: Path) -> dict[str, Any]:
    """One data file. Raises `KnowledgeError` naming the file and the reason."""
    return parse_toml(read_data(path), str(path))


def read_data(path: Path) -> str:
    """The text of a data file. Raises `KnowledgeError` naming the file and the reason."""
    try:
        return _read(path).decode("utf-8")
    except OSError as error:
        raise KnowledgeError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError as error:
        raise KnowledgeError(f"{path}: not UTF-8 at byte {error.start}") from None


def parse_toml(text: str, file: str) -> dict[str, Any]:
    """The text of a data file that is called `file`. Raises `KnowledgeError` naming it and the reason."""
    try:
        _refuse_costly(text, file)
        return tomllib.loads(text)
    except RecursionError:
        raise KnowledgeError(f"{file}: nested too deeply") from None
    except ValueError as error:  # not TOML, or a number of thousands of digits
        raise KnowledgeError(f"{file}: {error}") from None


def _refuse_costly(text: str, path: str) -> None:
    """Raise `KnowledgeError` for a text of which tomllib would make far more than there is in it."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") >= DEPTH_LIMIT and _longest_key(line) > DEPTH_LIMIT:
            raise KnowledgeError(f"{path}: line {number}: a key of more than {DEPTH_LIMIT} parts")
    if sum(1 for _ in _HEADER.finditer(text)) > TABLES_LIMIT:
        raise KnowledgeError(f"{path}: more than {TABLES_LIMIT:,} tables")


def _longest_key(line: str) -> int:
    """The most parts of what may be one dotted key, its quoted ones taken for words."""
    pieces = _NOT_OF_A_KEY.split(_QUOTED.sub(_as_word, line))
    return max(sum(1 for part in piece.split(".") if part.strip()) for piece in pieces)


def _as_word(quoted: re.Match[str]) -> str:
    """A quoted part in place; what opens or ends a text of several lines hides nothing after it."""
    return "|" if quoted[0] in ('"""', "'''") else "q"


def _read(path: Path) -> bytes:
    """The bytes of a regular file: a pipe would wait for ever, a device has no end."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise KnowledgeError(f"{path}: not a regular file")
    if found.st_size > SIZE_LIMIT:
        raise KnowledgeError(f"{path}: larger than {SIZE_LIMIT:,} bytes")
    return path.read_bytes()


def need(table: dict[str, Any], key: str, kind: Any, where: str) -> Any:
    """`table[key]`, which must be there and of the given type. Raises `KnowledgeError` otherwise."""
    if key not in table:
        raise KnowledgeError(f"{where}: {key} is missing")
    value = table[key]
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):  # to Python, true is a number
        raise KnowledgeError(f"{where}: {key} is {type(value).__name__}")
    return value


def refuse_unknown(table: dict[str, Any], known: set[str], where: str) -> None:
    """Raise `KnowledgeError` for a key that is not known: a misspelt one would be knowledge lost in silence."""
    unknown = sorted(set(table) - known)
    if unknown:
        raise KnowledgeError(f"{where}: unknown key {named(unknown)}")


def named(names: Iterable[str], most: int = NAMED) -> str:
    """The first few of the names, and how many more there are."""
    listed = list(names)
    more = f" and {len(listed) - most:,} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + more


def text_of(table: dict[str, Any], key: str, where: str) -> str:
    """A text that must be there and not empty. Raises `KnowledgeError` otherwise."""
    text = need(table, key, str, where)
    if not text.strip():
        raise KnowledgeError(f"{where}: {key} is empty")
    return str(text)


def texts(table: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
    """A list of texts, empty where there is none. Raises `KnowledgeError` for anything else."""
    found = need(table, key, list, where) if key in table else []
    if not all(isinstance(text, str) and text.strip() for text in found):
        raise KnowledgeError(f"{where}: {key} holds something that is no text")
    return tuple(found)


def tables(value: object, where: str) -> list[dict[str, Any]]:
    """A list of tables, as `[[name]]` makes one. Raises `KnowledgeError` for anything else."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise KnowledgeError(f"{where}: not a list of tables")
    return value
