"""What camscan can send is one table, and this test is the list: a new request shows here, or the test fails.

Every dialogue is also driven with every captured reply and with nonsense, to see that it never asks beyond the table.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from capture_rig import DIRECTORY, captures, data_of

from camscan.probe import Dialogue, Endpoint, OverHttp, Protocol, Request, Tcp
from camscan.protocols import upnp, upnp_mapping
from camscan.protocols.registry import load_protocols

GOLDEN = Path(__file__).parent / "golden" / "requests.txt"
ENDPOINT = Endpoint(address="10.0.0.9", port=80, token="5f3a9c")
FORBIDDEN = re.compile(
    rb"^(?:PUT|DELETE|PATCH|SETUP|PLAY|RECORD|ANNOUNCE|PAUSE|TEARDOWN|SET_PARAMETER)\b"
    rb"|Authorization:|[?&]auth=|UsernameToken|\bset[A-Z]|action=set|reboot|reset|activate|GetUsers|Snapshot|StreamUri|Subscri",
    re.IGNORECASE | re.MULTILINE,
)
TURNS = 20  # no dialogue is longer


def talkative() -> list[Protocol]:
    return [p for p in load_protocols().values() if p.dialogue]


def line(protocol: Protocol, request: Request) -> str:
    return f"{protocol.name:12} {request.name:40} {request.purpose}"


def test_the_table_is_this_list() -> None:
    listed = [line(p, r) for p in load_protocols().values() for r in p.requests]
    assert "\n".join(listed) + "\n" == GOLDEN.read_text(encoding="utf-8")


def test_no_request_writes_logs_in_or_takes_a_picture() -> None:
    for protocol in load_protocols().values():
        for request in protocol.requests:
            assert not FORBIDDEN.search(request.payload), line(protocol, request)


def test_sadp_can_ask_inquiry_and_nothing_else() -> None:
    (request,) = load_protocols()["sadp"].requests
    assert request.payload.count(b"<Types>") == 1
    assert b"<Types>inquiry</Types>" in request.payload


def test_the_port_that_is_read_only_is_only_listened_to() -> None:
    on_it = [p for p in load_protocols().values() if isinstance(p.channel, Tcp) and 8000 in p.channel.ports]
    assert [p.name for p in on_it] == ["hik_sdk"]
    assert [r.payload for r in on_it[0].requests] == [b""]


@pytest.mark.parametrize("protocol", talkative(), ids=lambda p: p.name)
def test_a_dialogue_never_asks_beyond_the_table(protocol: Protocol) -> None:
    table = {r.name: r for r in protocol.requests}
    for reply in replies():
        for request in turns(protocol, reply):
            assert request.name in table
            assert request.payload == table[request.name].payload
            assert request.purpose == table[request.name].purpose


@pytest.mark.parametrize("protocol", talkative(), ids=lambda p: p.name)
def test_a_dialogue_asks_no_more_often_than_the_table_says(protocol: Protocol) -> None:
    times = {r.name: r.times for r in protocol.requests}
    for reply in replies():
        asked = [r.name for r in turns(protocol, reply)]
        assert all(asked.count(name) <= times[name] for name in asked)


@pytest.mark.parametrize("protocol", talkative(), ids=lambda p: p.name)
def test_a_path_is_never_one_that_does_something(protocol: Protocol) -> None:
    own = {r.path for r in protocol.requests}
    for reply in replies():
        for request in turns(protocol, reply):
            assert request.path in own or re.fullmatch(r"/[A-Za-z0-9._~/-]{0,200}", request.path), request.path
            assert request.path in own or not re.search(r"cgi|isapi|rpc", request.path, re.IGNORECASE)


@pytest.mark.parametrize(
    "path",
    [
        "/cgi-bin/reboot.cgi",
        "/ISAPI/System/reboot",
        "/a?x=1",
        "/reboot",
        "/System/factoryReset",
        "/boafrm/formReboot",
        "/a\r\nX: y",
        "//evil/",
        "/%2e",
        "/a b",
        "x",
    ],
)
def test_a_description_is_asked_for_at_a_plain_path_only(path: str) -> None:
    assert [r.path for r in upnp.describe(ENDPOINT, path)] in ([], ["//evil/"])


def test_a_gateway_is_asked_for_its_entries_and_for_nothing_that_changes_them() -> None:
    mappings = [r for r in load_protocols()["upnp"].requests if r.name != "description"]
    assert {(r.name.rpartition(" of ")[0], r.times) for r in mappings} == {
        ("port mapping 0 to 9", 10),
        ("port mapping 10 to 63", 54),
    }
    for request in mappings:
        assert request.payload.count(b"GetGenericPortMappingEntry") == 3  # the header, the element and its end
        assert not re.search(rb"AddPort|DeletePort|Set[A-Z]|Request[A-Z]|Force", request.payload)


def test_only_the_number_of_an_entry_varies_and_the_length_of_its_question_stays_true() -> None:
    table = {r.name: r for r in load_protocols()["upnp"].requests}
    for service in upnp_mapping.SERVICES:
        asked = [upnp_mapping.mapping(service, "/ctl", index) for index in range(upnp_mapping.MAPPINGS_LIMIT)]
        for index, request in enumerate(asked):
            assert request.payload == table[request.name].payload
            head, _, body = request.render("10.0.0.1").partition(b"\r\n\r\n")
            assert f"Content-Length: {len(body)}\r\n".encode() in head + b"\r\n"
            assert f"<NewPortMappingIndex>{index}</NewPortMappingIndex>".encode() in body
        assert Counter(r.name for r in asked) == {r.name: r.times for r in asked}
    with pytest.raises(StopIteration):
        upnp_mapping.mapping(upnp_mapping.SERVICES[0], "/ctl", upnp_mapping.MAPPINGS_LIMIT)


def test_every_carried_protocol_marks_its_requests_with_its_own_decoder() -> None:
    for protocol in talkative():
        if isinstance(protocol.channel, OverHttp):
            assert {r.protocol for r in protocol.requests} == {protocol.name}


def replies() -> Iterator[bytes | None]:
    """Nothing, nonsense, redirects with ill intent, and every capture, bare and as the body of a page."""
    yield from (None, b"", b"\0" * 64, b"HTTP/1.1 200 OK\r\n\r\n")
    for target in ("/cgi-bin/reboot.cgi?x=1", "http://198.51.100.1/", "//198.51.100.1/a.html", "/ISAPI/System/reboot"):
        yield f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()
        yield f"HTTP/1.1 200 OK\r\n\r\n<script>window.location.href='{target}'</script>".encode()
    for folder in sorted(DIRECTORY.iterdir()):
        for parameter in captures(folder.name):
            data = data_of(parameter.values[0])
            yield data
            yield b"HTTP/1.1 200 OK\r\n\r\n" + data


def turns(protocol: Protocol, reply: bytes | None) -> Iterator[Request]:
    """The requests of a dialogue in which every answer is the same."""
    assert protocol.dialogue
    dialogue: Dialogue = protocol.dialogue(ENDPOINT)
    request = next(dialogue, None)
    for _ in range(TURNS):
        if request is None:
            return
        yield request
        try:
            request = dialogue.send(reply)
        except StopIteration:
            return
    raise AssertionError(f"{protocol.name} does not end")
