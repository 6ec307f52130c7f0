"""Writes one reply as a capture: the TOML file that `tests/captures/` keeps, exact to the byte and readable.

The rule: the file says what the codec must read and what must be said of the device from this reply alone; text stays
text, with line ends that TOML would lose written as escapes. A file name comes from what is said of the device, which
chose its own name: only letters, digits and a few signs get into it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from camscan.model import Device
from camscan.reply import Fields, Reply

DEVICE_KEYS = ("vendor", "brand", "model", "firmware", "build", "serial", "kind")
VALUE_LIMIT = 200  # characters; a longer value is a page, and stands in the reply above anyway
NAME_LIMIT = 60  # characters of one part of a file name
HEX_WIDTH = 112  # digits a line

_UNFIT = re.compile(r"[^A-Za-z0-9.+()]+")
_ENDING_QUOTE = re.compile(r'(?<=")"|"\Z')  # three in a row, or one before the last three, would end the string
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SHORT = {"\\": "\\\\", "\t": "\\t", "\r": "\\r"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One redacted reply with what its codec reads and what is said of the device; `device` None: nothing."""

    reply: Reply
    fields: Fields
    device: Device | None
    origin: str
    day: date

    def path(self, more: str = "") -> str:
        """`<protocol>/<vendor>_<model>_<firmware>.toml`, with `more` after the model."""
        vendor, model, firmware = (slug(getattr(self.device, key, None)) for key in ("vendor", "model", "firmware"))
        return f"{self.reply.protocol}/{vendor}_{model}{more}_{firmware}.toml"

    def said(self) -> Mapping[str, str]:
        """What is said of the device; where no device comes of the reply, only that its maker is unknown."""
        if self.device is None:
            return {"vendor": ""}
        return {key: getattr(self.device, key) or "" for key in DEVICE_KEYS}


def slug(text: str | None) -> str:
    """Text as a part of a file name: `unknown` where there is none."""
    return _UNFIT.sub("-", text or "").strip("-.")[:NAME_LIMIT] or "unknown"


def paths(captures: Iterable[Capture]) -> Iterator[tuple[str, Capture]]:
    """Every capture with a relative path of its own. Those of one name are told apart by their request."""
    taken: set[str] = set()
    for capture in captures:
        asked = f"-{slug(capture.reply.request)}"
        numbered = (f"{asked}-{number}" for number in range(2, 10_000))
        path = next(p for p in map(capture.path, ("", asked, *numbered)) if p not in taken)
        taken.add(path)
        yield path, capture


def as_capture(capture: Capture) -> str:
    """The file."""
    reply = capture.reply
    encoding, text = _encoded(reply.data)
    head = {
        "protocol": reply.protocol,
        "transport": reply.transport,
        "port": reply.port,
        "request": reply.request,
        "encoding": encoding,
        "origin": capture.origin,
    }
    lines = [f"{key} = {_value(value)}" for key, value in head.items() if value is not None]
    lines += [f"date = {capture.day.isoformat()}", f"reply = {text}", "", "[fields]"]
    lines += [f"{_key(name)} = {_values(values)}" for name, values in capture.fields.items() if _is_short(values)]
    lines += ["", "[device]", *(f"{key} = {_value(value)}" for key, value in capture.said().items())]
    return "\n".join((*lines, ""))


def _encoded(data: bytes) -> tuple[str, str]:
    """The encoding, and the reply as a TOML string."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        digits = data.hex()
        wrapped = [digits[start : start + HEX_WIDTH] for start in range(0, len(digits), HEX_WIDTH)]
        return "hex", '"""\\\n' + "\\\n".join(wrapped) + '"""'
    return "text", f'"""\n{_escaped(text)}"""'


def _escaped(text: str) -> str:
    """Text within three quotes: line feeds stand, whatever else is no plain character is escaped."""
    shown = "".join(c if c == "\n" or (c.isprintable() and c != "\\") else _escape(c) for c in text)
    return _ENDING_QUOTE.sub(r'\\"', shown)


def _escape(character: str) -> str:
    code = ord(character)
    return _SHORT.get(character) or (f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")


def _is_short(values: Iterable[str]) -> bool:
    return all(len(value) <= VALUE_LIMIT for value in values)


def _values(values: tuple[str, ...]) -> str:
    return _value(values[0]) if len(values) == 1 else f"[{', '.join(map(_value, values))}]"


def _value(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    return '"' + "".join(c if c.isprintable() and c not in '"\\' else _inline(c) for c in value) + '"'


def _inline(character: str) -> str:
    return {'"': '\\"', "\n": "\\n"}.get(character) or _escape(character)


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _value(name)
