"""One script's result in nmap's XML: its text, and the tables and values in it, bounded. Public source: nmap's DTD."""

from dataclasses import dataclass, field

TEXT_LIMIT = 256 * 1024  # characters of one attribute, or of all values of one script; a certificate has 4,000
VALUES_LIMIT = 512  # of one script


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One script's result: the text it printed, and its structured values, each with the keys that lead to it. A table
    or value without a key has its number instead."""

    id: str
    output: str
    values: tuple[tuple[tuple[str, ...], str], ...] = ()

    def value(self, key: str) -> str:
        """The first value with this key, '' where there is none."""
        return next((text for path, text in self.values if path[-1] == key), "")


@dataclass(slots=True, kw_only=True)
class Printed:
    """A result while it is read, element by element."""

    id: str
    output: str
    _values: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    _path: list[str] = field(default_factory=list)
    _number: int = 0
    _text: list[str] | None = None
    _room: int = TEXT_LIMIT

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        """A table or a value begins."""
        if tag in ("table", "elem"):
            self._number += 1
            self._path.append(attributes.get("key") or str(self._number))
            self._text = [] if tag == "elem" else None

    def add(self, text: str) -> None:
        """Text, which counts within a value."""
        if self._text is not None:
            self._text.append(text[: self._room])
            self._room -= len(self._text[-1])

    def end(self, tag: str) -> None:
        """A table or a value ends."""
        if tag == "elem" and self._text is not None and len(self._values) < VALUES_LIMIT:
            self._values.append((tuple(self._path), "".join(self._text)))
        if tag in ("table", "elem") and self._path:
            self._path.pop()
            self._text = None

    def done(self) -> Script:
        """The whole result."""
        return Script(id=self.id, output=self.output, values=tuple(self._values))
