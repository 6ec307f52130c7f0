"""Dahua RPC2: JSON over HTTP, of which only the login challenge is asked for.

The first phase of a login needs no password: the device answers with an error, a realm (older firmware: the serial) and
sometimes its MAC. This codec can build that one question and nothing else; the second phase, which would carry a
password, cannot be built here. The same JSON travels in DHIP frames, whose header is skipped. Public source: the open
clients of the protocol; field notes in `docs/protocols.md`.
"""

import re
from collections.abc import Iterator
from typing import Any

from camscan.errors import DecodeError
from camscan.probe import Dialogue, Endpoint, OverHttp, Protocol
from camscan.protocols import volatile
from camscan.protocols.challenge import shape
from camscan.protocols.gather import gather
from camscan.protocols.http_request import post
from camscan.protocols.json_object import read_object, scalar
from camscan.protocols.version import split_version
from camscan.reply import Fields

ENVELOPE_LIMIT = 8  # names of an answer; the maker's have five
_BODY = b'{"method":"global.login","params":{"userName":"","password":"","clientType":"Web3.0"},"id":1,"session":0}'
LOGIN_CHALLENGE = post(
    "login challenge",
    "/RPC2_Login",
    _BODY,
    "application/json",
    protocol="rpc2",
    purpose="login challenge, no credential",
)

_MAC = re.compile(r"[0-9A-Fa-f]{12}")
_CLASSES = re.compile(r"IPC|NVR|DVR|XVR|HCVR|VTO|VTH|VTS|ASI|ASC|BSC|SD|IVSS|EVS|TPC|ITC")
_NO_MODEL = re.compile(r"\d*|IP ?Camera", re.IGNORECASE)
_HARDWARE = re.compile(r"V?\d{1,2}\.\d{1,2}")
_NAMED = {
    "realm": "realm",
    "encryption": "encryption",
    "serialNumber": "serial",
    "SerialNo": "serial",
    "sn": "serial",
    "updateSerial": "maker_model",
    "Vendor": "manufacturer",
    "vendor": "manufacturer",
    "processor": "processor",
    "WebVersion": "web_version",
    "BuildDate": "build",
}
_TYPES = ("type", "deviceType")
_NESTED = ("info", "version")


def dialogue(endpoint: Endpoint) -> Dialogue:
    """One question, without credentials."""
    yield LOGIN_CHALLENGE


def decode(data: bytes) -> Fields:
    """The JSON of an answer → error_code, realm, mac, session_shape, random_shape …; model and more after a login."""
    answer = read_object(data)
    if "session" not in answer and "error" not in answer:
        raise DecodeError("JSON without session or error, not an answer of RPC2")
    if not {"result", "error", "params"} & set(answer):
        raise DecodeError("JSON without result, error or params, not an answer of RPC2")
    return gather([*_envelope(answer), *_params(answer.get("params"))])


def _envelope(answer: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if len(answer) <= ENVELOPE_LIMIT:
        yield "envelope", " ".join(sorted(scalar(name) for name in answer))
    yield "session_shape", _session_shape(answer.get("session"))
    yield "result", scalar(answer.get("result"))
    error = answer.get("error")
    if isinstance(error, dict):
        yield "error_code", scalar(error.get("code"))
        yield "error_message", scalar(error.get("message"))


def _session_shape(session: object) -> str:
    if isinstance(session, int) and not isinstance(session, bool):
        return "integer"
    return shape(session) if isinstance(session, str) and session else ""


def _params(params: object) -> Iterator[tuple[str, str]]:
    if not isinstance(params, dict):
        return
    for name, value in params.items():
        if name in _NESTED and isinstance(value, dict):
            yield from _pairs(value.items())
    yield from _pairs(params.items())


def _pairs(items: Any) -> Iterator[tuple[str, str]]:
    for name, value in items:
        text = scalar(value)
        if name in _NAMED:
            yield _NAMED[name], text
        elif name == "random":
            yield "random_shape", shape(text) if text else ""
        elif name == "mac" and _MAC.fullmatch(text):
            yield "mac", ":".join(re.findall("..", text.lower()))
        elif name in _TYPES:
            yield from _type(text)
        elif name.lower() == "version":
            yield from _version(text)


def _type(text: str) -> Iterator[tuple[str, str]]:
    """`getDeviceClass` and `getDeviceType` answer under the same name: a class, a number, or the model."""
    if _CLASSES.fullmatch(text):
        yield "device_class", text
    else:
        yield "device_type", text
        yield "model", "" if _NO_MODEL.fullmatch(text) else text


def _version(text: str) -> Iterator[tuple[str, str]]:
    """`getHardwareVersion` and `getSoftwareVersion` answer under the same name."""
    if _HARDWARE.fullmatch(text):
        yield "hardware_version", text
    else:
        yield from zip(("firmware", "build"), split_version(text), strict=True)


PROTOCOL = Protocol(
    name="rpc2",
    title="Dahua RPC2 login challenge",
    channel=OverHttp(),
    requests=(LOGIN_CHALLENGE,),
    decode=decode,
    dialogue=dialogue,
    volatile=(volatile.JSON_SESSION, re.compile(rb'"id"\s*:\s*\d+')),
)
