"""Where the data lives and how it is read: `fingerprints/` beside the package in a checkout, in it once installed."""

import tomllib
from pathlib import Path
from typing import Any

import camscan
from camscan.errors import KnowledgeError


def default_directory() -> Path:
    """The data that came with this program. Raises `KnowledgeError` where it is missing."""
    package = Path(camscan.__file__).parent
    for candidate in (package / "fingerprints", package.parent / "fingerprints"):
        if candidate.is_dir():
            return candidate
    raise KnowledgeError(f"no fingerprints directory beside {package}: the installation is incomplete")


def load_toml(path: Path) -> dict[str, Any]:
    """One data file. Raises `KnowledgeError` naming the file and the reason."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise KnowledgeError(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise KnowledgeError(f"{path}: {error}") from None


def need(table: dict[str, Any], key: str, kind: Any, where: str) -> Any:
    """`table[key]`, which must be there and of the given type. Raises `KnowledgeError` otherwise."""
    if key not in table:
        raise KnowledgeError(f"{where}: {key} is missing")
    if not isinstance(table[key], kind):
        raise KnowledgeError(f"{where}: {key} is {type(table[key]).__name__}")
    return table[key]


def refuse_unknown(table: dict[str, Any], known: set[str], where: str) -> None:
    """Raise `KnowledgeError` for a key that is not known: a misspelt one would be knowledge lost in silence."""
    unknown = set(table) - known
    if unknown:
        raise KnowledgeError(f"{where}: unknown key {', '.join(sorted(unknown))}")


def tables(value: object, where: str) -> list[dict[str, Any]]:
    """A list of tables, as `[[name]]` makes one. Raises `KnowledgeError` for anything else."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise KnowledgeError(f"{where}: not a list of tables")
    return value
