"""masscan's JSON, which is often none: every record that can be read is, and each is read byte for byte."""

import base64
import json

import pytest

from camscan.intake.imported import BadEntry, Passed
from camscan.intake.json_records import RECORD_LIMIT, Broken, read_records
from tests.import_rig import masscan, others, replies

OPEN = '{   "ip": "10.0.0.5",   "timestamp": "1795390444", "ports": [ {"port": 554, "proto": "tcp", "status": "open", "reason": "syn-ack", "ttl": 64} ] }'  # noqa: E501
LINE = '{"ip":"10.0.0.6","timestamp":"1795390463","port":8000,"proto":"tcp","rec_type":"status","data":{"status":"open","reason":"syn-ack","ttl":64}}'  # noqa: E501


def banner(name: str, text: str, port: int = 80) -> str:
    written = json.dumps(text)
    return f'{{ "ip": "10.0.0.5", "timestamp": "1795390449", "ports": [ {{"port": {port}, "proto": "tcp", "service": {{"name": "{name}", "banner": {written}}} }} ] }}'  # noqa: E501


@pytest.mark.parametrize(
    "text",
    [
        f"[\n{OPEN}\n,\n{LINE}\n]\n",
        f"[\n{OPEN},\n{LINE},\n]\n",
        f"[\n{OPEN}\n,\n{LINE}\n",
        f"{OPEN}\n{LINE}\n",
        f"[\n{OPEN},\n{LINE},\n{{finished: 1}}\n]\n",
        f"[{OPEN},{LINE}]",
        json.dumps([json.loads(OPEN), json.loads(LINE)], indent=2),
        f"\ufeff\n\n{OPEN}\r\n,\r\n{LINE}\r\n",
    ],
    ids=["array", "comma", "unclosed", "lines", "finished", "one line", "pretty", "windows"],
)
@pytest.mark.parametrize("size", [3, 100_000])
def test_every_layout_gives_the_same(text: str, size: int) -> None:
    found = masscan(text, size)
    assert [(e.address, e.port, e.time) for e in replies(found, "tcp")] == [
        ("10.0.0.5", 554, 1795390444.0),
        ("10.0.0.6", 8000, 1795390463.0),
    ]
    assert not others(found)


def test_a_file_that_ends_within_a_record_gives_what_came_before() -> None:
    entries = masscan(f"[\n{OPEN}\n,\n{LINE[:70]}")
    assert len(replies(entries, "tcp")) == 1
    assert str(entries[-1]) == "out.json: line 4: the text ends within an object; left out"


@pytest.mark.parametrize(
    "bad",
    [
        "garbage",
        LINE[:70],
        LINE[:-1],
        '{"ip": "10.0.0.5',
        '{"ip": 1e9999999, }',
        "{" * 5000,
        '{"ip": "10.0.0.5", "port": ' + "9" * 5000 + ', "proto": "tcp"}',
        '{"ip": "10.0.0.999", "port": 80, "proto": "tcp"}',
        '{"ip": "10.0.0.5", "port": 70000, "proto": "tcp"}',
        '{"ip": "10.0.0.5", "ports": [1]}',
        '{"ip": "10.0.0.5", "port": 80, "proto": "tcp", "data": 5}',
        '{"address": "10.0.0.5"}',
        '"a text"',
        '{"x": "' + "y" * (RECORD_LIMIT + 1) + '"}',
    ],
)
def test_a_bad_record_costs_itself(bad: str) -> None:
    entries = masscan(f"{OPEN}\n{bad}\n{LINE}\n")
    assert [r.port for r in replies(entries, "tcp")] == [554, 8000]
    (told,) = others(entries)
    assert isinstance(told, BadEntry) and told.where == "line 2"


def test_the_number_of_the_line_is_told_also_in_a_long_line() -> None:
    records = list(read_records(["\n", "[\n", '{"a":', ' 1}, x "', "\n", '{"b": 2}\n']))
    assert records[0] == (3, {"a": 1})
    assert isinstance(records[1], Broken) and records[1].line == 3
    assert records[2] == (4, {"b": 2})


def test_closed_ports_pings_and_ports_that_no_scan_tries_are_nothing() -> None:
    rows = (OPEN.replace('"open"', '"closed"'), OPEN.replace('"tcp"', '"icmp"'), OPEN.replace("554", "25"))
    assert masscan("\n".join(rows)) == []


def test_a_banner_is_the_bytes_that_came() -> None:
    greeting = "".join(map(chr, bytes.fromhex("000000100000001e0000001e00000000")))
    (reply,) = masscan(banner("unknown", greeting, 8000))
    assert (reply.protocol, reply.data.hex()) == ("hik_sdk", "000000100000001e0000001e00000000")  # type: ignore[union-attr]
    (telnet,) = masscan(banner("telnet", "\xff\xfd\x01login: ", 23))
    assert telnet.data == b"\xff\xfd\x01login: "  # type: ignore[union-attr]


def test_a_head_that_was_cut_ends_at_a_whole_line() -> None:
    (reply,) = masscan(banner("http", "HTTP/1.1 200 OK\r\nServer: App-webs/\r\nWWW-Authen"))
    assert reply.data == b"HTTP/1.1 200 OK\r\nServer: App-webs/\r\n"  # type: ignore[union-attr]


def test_parts_of_a_page_are_rebuilt_and_say_so() -> None:
    title, server = masscan(banner("title", "WEB") + banner("http.server", "DNVRS-Webs"))
    assert (title.data, title.request) == (b"<title>WEB</title>", "banner title by masscan, rebuilt")  # type: ignore[union-attr]
    assert (server.data, server.request) == (b"Server: DNVRS-Webs\r\n\r\n", "banner http.server by masscan, rebuilt")  # type: ignore[union-attr]


def test_a_certificate_becomes_pem_and_a_bad_one_is_passed_over() -> None:
    (reply,) = masscan(banner("X509", base64.b64encode(b"\x30\x82" * 40).decode(), 443))
    assert reply.protocol == "tls" and reply.data.startswith(b"-----BEGIN CERTIFICATE-----\n")  # type: ignore[union-attr]
    assert masscan(banner("X509", "é not base64")) == [Passed(kind="X509")]


def test_kinds_that_camscan_does_not_read_are_counted() -> None:
    assert masscan(banner("ssl", "TLS/1.2 cipher:0xc02f, x")) == [Passed(kind="ssl")]
    assert masscan(banner("ftp", "220 mail ESMTP", 25).replace('"ftp"', '"smtp"')) == [Passed(kind="smtp")]
