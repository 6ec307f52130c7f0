"""Many distinct replies from few captures: serials, MACs, models, firmware and names varied, each in its own grammar.

The rule: a varied reply decodes to the same fields as its capture, keeps every length that a header may state, and no
two are equal, so that nothing can be gained by remembering one.
"""

import random
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from camscan.identify.match import observe
from camscan.model import Observation
from camscan.protocols.registry import load_protocols
from camscan.reply import Reply

CAPTURES = Path(__file__).parent.parent / "tests" / "captures"
TRIES = 20  # variants thrown away for one that is kept, before a capture counts as one that cannot vary
VARIED = ("serial", "mac", "uuid", "model", "firmware", "build", "name", "realm", "instance", "host", "usn", "title")

_END_OF_DIGITS = {"mac": 6, "uuid": 12, "serial": 5, "realm": 4}  # how many are varied; of other fields, the last two
_DIGIT = re.compile(rb"\d")
_HEX_DIGIT = re.compile(rb"[0-9A-Fa-f]")


def captured_replies() -> list[Reply]:
    """The reply of every capture, each from an address of its own."""
    return [_reply(path, number) for number, path in enumerate(sorted(CAPTURES.rglob("*.toml")))]


def _reply(path: Path, number: int) -> Reply:
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    text = document["reply"]
    return Reply(
        address=_address(number),
        protocol=document["protocol"],
        transport=document["transport"],
        port=document.get("port"),
        request=document["request"],
        data=bytes.fromhex(text) if document["encoding"] == "hex" else text.encode(),
    )


def _address(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def varied(replies: list[Reply], each: int, seed: int) -> list[Reply]:
    """Up to `each` variants of every reply, in mixed order, every one from an address of its own."""
    chance = random.Random(seed)
    found = [variant for reply in replies for variant in _variants(reply, each, chance)]
    chance.shuffle(found)
    return [replace(reply, address=_address(number)) for number, reply in enumerate(found)]


def _variants(reply: Reply, each: int, chance: random.Random) -> Iterator[Reply]:
    original = observe(reply, load_protocols())
    seen = {reply.data}
    for _ in range(each):
        for _ in range(TRIES):
            data = _vary(original, chance)
            if data not in seen and _reads_alike(replace(reply, data=data), original):
                seen.add(data)
                yield replace(reply, data=data)
                break


def _reads_alike(reply: Reply, original: Observation) -> bool:
    observation = observe(reply, load_protocols())
    return observation.problem == original.problem and observation.fields.keys() == original.fields.keys()


def _vary(original: Observation, chance: random.Random) -> bytes:
    """The reply with the digits at the end of every varied value changed; where it shows none, with any few digits."""
    data = original.reply.data
    values = [(name, value) for name in VARIED for value in original.fields.get(name, ())]
    for name, value in values:
        data = data.replace(value.encode(), _with_other_digits(name, value.encode(), chance))
    return data if data != original.reply.data else _with_any_digits(data, chance)


def _with_other_digits(name: str, value: bytes, chance: random.Random) -> bytes:
    pattern = _HEX_DIGIT if name in ("mac", "uuid") else _DIGIT
    places = [hit.start() for hit in pattern.finditer(value)][-_END_OF_DIGITS.get(name, 2) :]
    return _put_digits(value, places, chance)


def _with_any_digits(data: bytes, chance: random.Random) -> bytes:
    """A few digits of the second half changed; of a reply without digits, its last bytes."""
    half = len(data) // 2
    places = [hit.start() for hit in _DIGIT.finditer(data, half)]
    if places:
        return _put_digits(data, chance.sample(places, min(3, len(places))), chance)
    return data[:-3] + chance.randbytes(3)


def _put_digits(data: bytes, places: list[int], chance: random.Random) -> bytes:
    changed = bytearray(data)
    for place in places:
        changed[place] = chance.choice(b"0123456789")
    return bytes(changed)
