"""A scan's JSON read back: whole where it is one, and one line of refusal for whatever else somebody hands over."""

import json
from typing import Any

import pytest

from camscan.errors import UsageError
from camscan.intake.result_file import parse_result
from tests.report_rig import camera, device, hostile, middlebox, ordinary, result
from tests.vantage_rig import document, row, scan

NAME = "scan.json"


def refusal(text: str) -> str:
    with pytest.raises(UsageError) as told:
        parse_result(NAME, text)
    (message,) = told.value.args
    assert isinstance(message, str)
    assert message.startswith(f"{NAME}: ")
    return message.removeprefix(f"{NAME}: ")


def changed(path: str, value: Any) -> str:
    """The document of an ordinary result with one value changed; `...` takes the key away."""
    data: Any = document(ordinary())
    inner, *keys = data, *path.split(".")
    for key in keys[:-1]:
        inner = inner[int(key) if key.isdigit() else key]
    if value is ...:
        del inner[keys[-1]]
    else:
        inner[keys[-1]] = value
    return json.dumps(data)


def test_what_was_asked_and_found_comes_back() -> None:
    written = result(camera(), middlebox(), device("fe80::1%eth0", vendor="axis", confidence={"vendor": 0.6}))
    read = parse_result(NAME, json.dumps(document(written)))
    for name in ("id", "started", "ended", "scope", "vantage", "partial", "coverage", "data"):
        assert getattr(read, name) == getattr(written, name)
    by_id = {one.id: one for one in read.devices}
    for one in written.devices:
        back = by_id[one.id]
        for name in ("address", "addresses", "mac", "vendor", "model", "serial", "services", "conflicts", "middlebox"):
            assert getattr(back, name) == getattr(one, name), name
        assert back.confidence == one.confidence
    assert by_id[camera().id].first_seen == 1_795_000_000.0


def test_ports_of_the_coverage_come_back() -> None:
    written = scan("office", rows=(row(), row("sadp unicast")))
    assert parse_result(NAME, json.dumps(document(written))).coverage == written.coverage


@pytest.mark.parametrize("text", ["\x1b[31m", "<script>", "=1+1", "A" * 999])
def test_a_hostile_device_is_read_as_it_was_written(text: str) -> None:
    data = document(result(hostile(text)))
    assert parse_result(NAME, json.dumps(data)).devices[0].model == data["devices"][0]["model"]


def test_keys_that_are_not_known_are_passed_over() -> None:
    assert parse_result(NAME, changed("scan.later", {"a": [1]})).id == "scan-1"
    assert parse_result(NAME, changed("devices.0.later", None)).id == "scan-1"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not JSON: Expecting value"),
        ("<nmaprun>", "not JSON: Expecting value"),
        ('{"schema": "camscan.scan/1"', "not JSON: Expecting"),
        ('{"schema": "camscan.scan/1"}\n{}', "not JSON: Extra data"),
        ("[" * 100_000, "not JSON: nested too deep"),
        ('{"a":' * 100_000, "not JSON: nested too deep"),
        ('{"schema": "camscan.scan/1", "x": NaN}', "not JSON: NaN is no number"),
        ('{"schema": "camscan.scan/1", "x": -Infinity}', "not JSON: -Infinity is no number"),
        (f'{{"x": {"9" * 5000}}}', "not JSON: Exceeds the limit"),
        ('{"schema": "camscan.scan/1", "schema": "x"}', "not JSON: the key 'schema' stands twice in one object"),
        ('{"schema": "camscan.scan/1", "scan": {"id": 1, "id": 2}}', "not JSON: the key 'id' stands twice"),
        ("[]", "not a result of camscan"),
        ("1", "not a result of camscan"),
        ("{}", "not a result of camscan"),
        ('{"schema": ["camscan.scan/1"]}', "not a result of camscan"),
        ('{"schema": "camscan.plan/1"}', "not a result of camscan"),
        ('{"schema": "camscan.scan/2"}', "not a result of camscan"),
        ('{"schema": "camscan.scan/1"}', "scan is missing"),
        ('{"schema": "camscan.scan/1", "scan": 1}', "scan: 1: no object"),
    ],
)
def test_what_is_no_result_is_one_line(text: str, reason: str) -> None:
    assert refusal(text).startswith(reason)


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("scan.vantage", ..., "scan.vantage is missing"),
        ("scan.vantage", 7, "scan.vantage: 7: no text"),
        ("scan.vantage", "", "scan.vantage: empty"),
        ("scan.vantage", "a\x1bb", "scan.vantage: 'a\\x1bb' has characters that cannot be printed"),
        ("scan.vantage", "x" * 65, "scan.vantage: 65 characters; 64 at most"),
        ("scan.started", "yesterday", 'scan.started: "yesterday": no time'),
        ("scan.started", "2026-11-29T10:00:00", 'scan.started: "2026-11-29T10:00:00": no time with its zone'),
        ("scan.started", 7, "scan.started: 7: no text"),
        ("scan.scope", "10.0.0.0/24", 'scan.scope: "10.0.0.0/24": no list'),
        ("scan.scope", [None], "scan.scope[0]: null: no text"),
        ("scan.partial", 0, "scan.partial: 0: neither true nor false"),
        ("devices", {}, "devices: no list"),
        ("devices", [7], "devices[0]: 7: no object"),
        ("devices.1.address", "camera", 'devices[1].address: "camera": no IP address'),
        ("devices.1.addresses", ["10.0.0.1", 4], "devices[1].addresses[1]: 4: no text"),
        ("devices.1.serial", "\ud800", 'devices[1].serial: "\\ud800": no text'),
        ("devices.0.serial", ["x" * 99], "devices[0].serial: no text"),
        ("devices.0.mac", "x" * 99, None),
        ("devices.0.confidence", {"vendor": 1.5}, "devices[0].confidence.vendor: 1.5: not between 0 and 1"),
        ("devices.0.confidence", {"vendor": True}, "devices[0].confidence.vendor: true: no number"),
        ("devices.0.services.0.port", 65536, "devices[0].services[0].port: 65536: more than 65,535"),
        ("devices.0.services.0.port", "80", 'devices[0].services[0].port: "80": no whole number from 0 on'),
        ("devices.0.services.0.port", True, "devices[0].services[0].port: true: no whole number from 0 on"),
        ("devices.0.services.0.port", 80.0, "devices[0].services[0].port: 80.0: no whole number from 0 on"),
        ("coverage.0.state", "done", 'coverage[0].state: "done": none of asked, partial, not-possible'),
        ("coverage.0.state", ["asked"], "coverage[0].state: none of asked, partial, not-possible"),
        ("coverage.0.ports", ..., "coverage[0].ports is missing"),
        ("coverage.0.asked", -1, "coverage[0].asked: -1: no whole number from 0 on"),
        ("data", [], "data: no object"),
    ],
)
def test_a_value_that_is_wrong_is_named_with_its_place(path: str, value: Any, reason: str | None) -> None:
    text = changed(path, value)
    if reason is None:
        parse_result(NAME, text)
        return
    told = refusal(text)
    assert told.startswith(reason)
    assert len(told) < 200


def test_a_number_beyond_all_measure_is_none_that_is_sure() -> None:
    text = changed("devices.0.confidence", {"vendor": 0.5}).replace("0.5", "1e999", 1)
    assert "not between 0 and 1" in refusal(text)
