"""A policy made from an approved state: what is there is what may be there, until a day.

It holds for the state it was made from. Whatever a device said stands in it only as a quoted text, in which nothing can
end the quotes, and a model with `*` or `?` in its name is left out, for in a policy it would allow others too.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from camscan.assess.firmware import compare, read_firmware
from camscan.model import Device

_HEAD = """\
# A policy for `camscan policy check`. Every part may be left out; edit it as you need it.
# Patterns: * is anything, ? one character; case does not matter.
"""
_MORE = """\
# Only these kinds and makers are judged, and what is unknown:
# [about]
# kinds = ["camera", "recorder"]

# What no device may be able to do, whether it says so or its model number does:
# [capability]
# denied = ["face-recognition", "microphone"]

# No finding of this pattern at or above a severity (info, low, medium, high, critical):
# [[exposure]]
# finding = "*"
# least = "high"
"""


def draft(name: str, devices: Iterable[Device], today: date, until: date) -> str:
    """The text of a policy file for devices as they are today, approved until a day."""
    listed = [device for device in devices if device.middlebox is None]
    return "\n".join((_HEAD, *_lines(name, listed, today, until)))


def _lines(name: str, devices: Sequence[Device], today: date, until: date) -> Iterator[str]:
    yield f"name = {quoted(name)}"
    yield f"date = {today}"
    yield from _unknown(devices)
    yield ""
    yield "[maker]"
    yield f"allowed = {_list(device.vendor for device in devices)}"
    yield ""
    yield "[model]"
    yield f"allowed = {_list(device.model for device in devices if not _is_wild(device.model))}"
    yield ""
    floors = list(_floors(devices))
    if floors:
        yield "# The oldest firmware there is of each model; raise it when you update."
    for model, least in floors:
        yield from ("[[firmware]]", f"model = {quoted(model)}", f"least = {quoted(least)}", "")
    yield _MORE
    for device in devices:
        yield from _approval(device, until)


def _unknown(devices: Sequence[Device]) -> Iterator[str]:
    """What is approved must pass, also where something of it is unknown."""
    known = all(device.vendor and device.model and not _is_wild(device.model) for device in devices)
    yield f'unknown = "{"fail" if known else "pass"}"  # what cannot be judged, such as an unknown maker: fail or pass'


def _is_wild(model: str | None) -> bool:
    return model is not None and any(character in model for character in "*?")


def _floors(devices: Sequence[Device]) -> Iterator[tuple[str, str]]:
    """Each model with its oldest firmware; none where two cannot be held against each other."""
    models = sorted({device.model for device in devices if device.model and not _is_wild(device.model)})
    for model in models:
        bounds = {_bound(device) for device in devices if device.model == model and device.firmware}
        for least in sorted(bounds):
            if all(_reaches(bound, least) for bound in bounds):
                yield model, least
                break


def _bound(device: Device) -> str:
    return " ".join(text for text in (device.firmware, device.build) if text)


def _reaches(bound: str, least: str) -> bool:
    sign = compare(read_firmware(bound), read_firmware(least)).sign
    return sign is not None and sign >= 0


def _approval(device: Device, until: date) -> Iterator[str]:
    yield "[[approved]]"
    for key, value in (("serial", device.serial), ("mac", device.mac), ("address", device.address)):
        if value:
            yield f"{key} = {quoted(value)}"
    yield f"until = {until}"
    note = " ".join(text for text in (device.brand or device.vendor, device.model, device.kind) if text)
    if note:
        yield f"note = {quoted(note)}"
    yield ""


def _list(values: Iterable[str | None]) -> str:
    return "[" + ", ".join(quoted(value) for value in sorted({value for value in values if value})) + "]"


def quoted(text: str) -> str:
    """The text as a basic string of TOML. What is not printable has been escaped before (`report/printable.py`)."""
    return json.dumps(text, ensure_ascii=False)
