"""RPC2: every variant of the login challenge, and that nothing but the challenge can be asked for."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camscan.errors import DecodeError
from camscan.probe import Endpoint
from camscan.protocols.json_object import JSON_LIMIT
from camscan.protocols.rpc2 import ENVELOPE_LIMIT, LOGIN_CHALLENGE, PROTOCOL, decode, dialogue


def answer(**members: object) -> bytes:
    return json.dumps(members).encode()


def test_the_challenge_is_all_that_can_be_asked() -> None:
    assert list(dialogue(Endpoint(address="192.0.2.7", port=80))) == [LOGIN_CHALLENGE] == list(PROTOCOL.requests)
    assert LOGIN_CHALLENGE.purpose == "login challenge, no credential"
    head, _, body = LOGIN_CHALLENGE.render("192.0.2.7").partition(b"\r\n\r\n")
    assert f"\r\nContent-Length: {len(body)}".encode() in head
    question = json.loads(body)
    assert question["method"] == "global.login"
    assert (question["params"]["userName"], question["params"]["password"]) == ("", "")


@pytest.mark.parametrize(
    ("session", "name"),
    [(1482063129, "integer"), ("0a" * 16, "hex32"), ("528b1ab7bb23f2877010495", "hex23"), ("x!", "other")],
)
def test_sessions(session: object, name: str) -> None:
    assert decode(answer(session=session, result=True))["session_shape"] == (name,)


def test_challenge_of_older_firmware() -> None:
    params = {
        "encryption": "Default",
        "mac": "3CEF8C1A2B3C",
        "random": "1520738846",
        "realm": "Login to 4G05B12PAN7D9E3",
    }
    fields = decode(
        answer(
            error={"code": 268632079, "message": "Component error: login challenge!"},
            params=params,
            session=1,
            result=False,
        )
    )
    assert fields["error_code"] == ("268632079",)
    assert (fields["mac"], fields["random_shape"]) == (("3c:ef:8c:1a:2b:3c",), ("decimal",))
    assert (fields["realm"], fields["result"]) == (("Login to 4G05B12PAN7D9E3",), ("false",))


def test_challenge_in_a_frame() -> None:
    frame = bytes.fromhex("2000000044484950") + bytes(24)
    assert decode(frame + answer(error={"code": 268632079}, session=0) + b"\n\0")["error_code"] == ("268632079",)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"type": "IPC"}, {"device_class": ("IPC",)}),
        ({"type": "IPC-D2B20-ZS"}, {"device_type": ("IPC-D2B20-ZS",), "model": ("IPC-D2B20-ZS",)}),
        ({"type": "31"}, {"device_type": ("31",)}),
        ({"version": "1.00"}, {"hardware_version": ("1.00",)}),
        (
            {"version": {"Version": "2.680.0000000.2.R", "WebVersion": "3.2.1"}},
            {"firmware": ("2.680.0000000.2.R",), "web_version": ("3.2.1",)},
        ),
        ({"Vendor": "EZIP"}, {"manufacturer": ("EZIP",)}),
        ({"info": {"serialNumber": "4K01", "updateSerial": "DB6I"}}, {"serial": ("4K01",), "maker_model": ("DB6I",)}),
        ({"mac": "not a mac", "realm": None, "random": []}, {}),
        (None, {}),
    ],
)
def test_answers_after_a_login(params: object, expected: dict[str, tuple[str, ...]]) -> None:
    envelope = {"envelope": ("params session",), "session_shape": ("integer",)}
    assert decode(answer(session=1, params=params)) == {**envelope, **expected}


def test_the_names_of_an_endless_answer_are_not_listed() -> None:
    assert "envelope" not in decode(answer(session=1, result=True, **{f"n{i}": 1 for i in range(ENVELOPE_LIMIT)}))


def test_text_that_cannot_be_written_is_made_writable() -> None:
    fields = decode(b'{"session": 1, "params": {"Vendor": "a\\ud800b"}}')
    assert fields["manufacturer"] == ("a?b",)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html></html>",
        b"[1]",
        b'{"Code": 401}',
        b'{"session": 1}',
        b'{"SessionID": "0x1", "Ret": 100, "Name": ""}',
        b"{" * 5000,
        b'{"session": ' + b"[" * 100000,
        b'{"session": ' + b"9" * 10000 + b', "result": true}',
        b'{"a": "' + b"x" * JSON_LIMIT + b'"}',
    ],
)
def test_what_is_no_answer_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "version", "info", "mac", "realm", "random"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(params=JSON, error=JSON, session=JSON)
def test_any_json_decodes_or_is_refused(params: object, error: object, session: object) -> None:
    fields = decode(answer(params=params, error=error, session=session))
    assert all(isinstance(v, str) and v.encode() for values in fields.values() for v in values)


@given(data=st.binary(max_size=200))
def test_any_bytes_decode_or_are_refused(data: bytes) -> None:
    try:
        decode(b"{" + data)
    except DecodeError:
        return
