"""Recordings: what is written is read back the same, and a bad line costs that line only."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camscan.intake.lines import LINE_LIMIT
from camscan.intake.replay import BadLine, as_line, read_replies
from camscan.reply import Reply

GOOD = {"address": "10.0.0.1", "protocol": "http", "transport": "tcp", "port": 80, "request": "x", "encoding": "text"}
KEYS = (*GOOD, "reply", "channel", "time", "sensor", "foreign", "routed")


@given(st.binary(max_size=200))
def test_any_bytes_come_back_the_same(data: bytes) -> None:
    reply = Reply(
        address="10.0.0.1", protocol="sadp", transport="udp", port=37020, request="inquiry", data=data, time=1.5
    )
    assert list(read_replies("f", [as_line(reply)])) == [reply]


def test_extra_keys_are_ignored_and_a_textual_port_is_read() -> None:
    (reply,) = read_replies("f", [json.dumps({**GOOD, "reply": "x", "port": "81", "truth": {"a": 1}})])
    assert isinstance(reply, Reply)
    assert reply.port == 81


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[1]", "a JSON list, not an object"),
        (json.dumps({**GOOD}), '"reply" is missing'),
        (json.dumps({**GOOD, "reply": "zz", "encoding": "hex"}), "not hexadecimal"),
        (json.dumps({**GOOD, "reply": "x", "address": "nowhere"}), "is not an IP address"),
        (json.dumps({**GOOD, "reply": "x", "transport": "pigeon"}), '"transport"'),
        (json.dumps({**GOOD, "reply": "x", "encoding": "rot13"}), '"encoding"'),
        ('{"time": ' + "9" * 5000 + "}", "not JSON"),
        ("[" * 100_000, "not JSON"),
        (json.dumps({**GOOD, "reply": "x", "protocol": "\ud800"}), '"protocol" is not text'),
        (json.dumps({**GOOD, "reply": "x", "request": "\udfff"}), '"request" is not text'),
        (json.dumps({**GOOD, "reply": "x", "request": [1]}), '"request" is not text'),
        (json.dumps({**GOOD, "reply": "x", "channel": "a\ud800"}), '"channel" is not text'),
        (json.dumps({**GOOD, "reply": "x", "sensor": "\ud800"}), '"sensor" is not text'),
        (json.dumps({**GOOD, "reply": "\ud83d"}), '"reply" is not text'),
        (json.dumps({**GOOD, "reply": "x", "encoding": {"a": 1}}), '"encoding" is not text'),
        (json.dumps({**GOOD, "reply": "x", "address": "fe80::1%\ud800"}), '"address" is not text'),
        (json.dumps({**GOOD, "reply": "x", "address": "fe80::1%\x1b[31m"}), "is not an IP address"),
        (json.dumps({**GOOD, "reply": "x", "address": "fe80::1%" + "e" * 33}), "is not an IP address"),
        (json.dumps({**GOOD, "reply": "x", "address": "fe80::1%"}), "is not an IP address"),
        ('{"a": "\udcff"}', "not UTF-8 text"),
        (" " * LINE_LIMIT + "x", "longer than 4,194,304 characters"),
    ],
)
def test_a_bad_line_says_file_line_and_reason_and_costs_itself_only(line: str, reason: str) -> None:
    good = json.dumps({**GOOD, "reply": "x"})
    first, bad, last = read_replies("site.jsonl", [good, line, good])
    assert isinstance(first, Reply)
    assert isinstance(last, Reply)
    assert isinstance(bad, BadLine)
    assert str(bad).startswith("site.jsonl:2: ")
    assert reason in str(bad)


@pytest.mark.parametrize("time", ["9" * 400, "1e999", "-1e400", '"now"', "true", "[]"])
def test_a_time_that_is_none_is_unknown(time: str) -> None:
    line = json.dumps({**GOOD, "reply": "x"})[:-1] + f', "time": {time}}}'
    (reply,) = read_replies("f", [line])
    assert isinstance(reply, Reply)
    assert reply.time is None


@pytest.mark.parametrize("zone", ["eth0", "enp3s0f1.20", "br-lan", "12"])
def test_a_link_local_address_keeps_its_zone(zone: str) -> None:
    (reply,) = read_replies("f", [json.dumps({**GOOD, "reply": "x", "address": f"fe80::1%{zone}"})])
    assert isinstance(reply, Reply)
    assert reply.address == f"fe80::1%{zone}"


@pytest.mark.parametrize("port", [None, "x", 65536, -1, 80.5, True, "999999", "[" * 300 + "]" * 300])
def test_a_port_that_is_none_is_unknown(port: object) -> None:
    nested = isinstance(port, str) and port.startswith("[")
    line = json.dumps({**GOOD, "reply": "x", "port": json.loads(str(port)) if nested else port})
    (reply,) = read_replies("f", [line])
    assert isinstance(reply, Reply)
    assert reply.port is None


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists), st.sampled_from(KEYS)
)
def test_any_value_at_any_key_is_a_reply_or_a_bad_line(value: object, key: str) -> None:
    (entry,) = read_replies("f", [json.dumps({**GOOD, "reply": "x", key: value})])
    if isinstance(entry, Reply):
        assert list(read_replies("f", [as_line(entry)])) == [entry]
