"""The parts of which redaction is made: trees of texts, chunks, views, labels, and where captures are put."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camscan.cli.contribute import _address
from camscan.cli.placing import Destination, place
from camscan.cli.proof import difference
from camscan.errors import UsageError
from camscan.reply import Reply
from camscan.report.capture import paths
from camscan.report.chunked import framed, framing, without
from camscan.report.labelled import kind_of, labelled
from camscan.report.literals import any_of
from camscan.report.private import find
from camscan.report.views import views
from tests.test_redact import judge
from tests.test_redact_attacks import KNOWN, chunked, made, page

WORDS = st.binary(min_size=1, max_size=6).map(lambda data: bytes(97 + octet % 3 for octet in data))


@given(st.lists(WORDS, min_size=1, max_size=30), st.lists(WORDS, max_size=20).map(b"".join))
def test_a_tree_finds_the_longest_of_its_texts(texts: list[bytes], data: bytes) -> None:
    flat = re.compile(b"|".join(sorted(map(re.escape, texts), key=len, reverse=True)))
    assert re.findall(any_of(texts), data) == flat.findall(data)


def test_a_tree_of_texts_that_begin_alike_can_be_deep() -> None:
    texts = [b"a" * length for length in range(1, 800)]
    found = re.match(any_of(texts), b"a" * 900)
    assert found
    assert len(found[0]) == 799


@given(st.binary(max_size=300), st.integers(min_value=1, max_value=40))
def test_chunk_framing_comes_out_and_goes_in_again(body: bytes, size: int) -> None:
    data = chunked(body, size).data
    plain = without(data, framing(data))
    assert plain.endswith(body + b"\r\n" * (len(body[::size]) if body else 0)) or body in plain
    assert framed(plain, data, framing(data)) == data


@pytest.mark.parametrize("data", [b"", b"HTTP/1.1 200 OK\r\n\r\n5\r\nabcde", b"Transfer-Encoding: chunked\r\n\r\nzz"])
def test_what_is_not_chunked_has_no_framing(data: bytes) -> None:
    assert framing(data) == ()


PIECES = (
    *(b"\\ud800", b"&#x110000;", b"&#" + b"9" * 5000, b"%", b"\x1f\x8b\x08", b"\xff\xfe", b"<ssid>", b"ssid='", b"\\'"),
    *(b"http://", b"@a", b"1.2.3.", b"::", b"Transfer-Encoding: chunked\r\n\r\nFFFFFFF\r\n", b"\x80", b"aGFucw"),
)
HOSTILE = st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join))


@settings(max_examples=150, deadline=None)
@given(HOSTILE)
def test_no_bytes_are_too_much(data: bytes) -> None:
    assert next(views(data), (data, True)) == (data, True)
    for item in find(data, {"name": ("x" + data.decode("utf-8", "surrogateescape"),)}):
        assert item.text.encode()


def test_names_within_the_names_of_a_certificate_are_private() -> None:
    named = ("directoryName:C=XX, O=Rathaus, Bauamt, 2.5.4.9=Ring 1", "otherName:1.3.6.1.4.1.311.20.2.3:keller")
    found = {item.text for item in find(b"", {"san": named}) if item.kind == "name"}
    assert found == {"XX", "Rathaus, Bauamt", "Ring 1", "keller"}


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("ssid", "account or place"),
        ("table.WLan.eth2.SSID", "account or place"),
        ("wifiSSID", "account or place"),
        ("table.ChannelTitle[0].Name", "name"),
        ("g_szDeviceName", "name"),
        ("szUser", "account or place"),
        ("X-Device-Id", "serial"),
        ("szSN", "serial"),
        ("name", None),
        ("Content-Type", None),
        ("platform", None),
        ("translation", None),
        ("responsive", None),
    ],
)
def test_a_label_counts_with_what_leads_it(label: str, kind: str | None) -> None:
    assert kind_of(label) == kind


def test_the_end_of_one_element_is_no_label_of_the_next() -> None:
    assert list(labelled("<latitude>52.1</latitude> longer text here")) == [("account or place", "52.1")]


@pytest.mark.parametrize("value", ["true", "null", "document.cookie", "this.user", "/doc/login.asp", "''", "getUser("])
def test_code_is_nobodys(value: str) -> None:
    assert not [found for _, found in labelled(f"var user = {value};") if found != "getUser"]


def test_a_steady_field_that_changes_is_false_evidence() -> None:
    one = page("", "WWW-Authenticate: Basic\r\n")
    other = Reply(**{**_parts(one), "data": one.data.replace(b"HTTP/1.1 200", b"HTTP/5.5 200")})
    assert "says something else: version" in (difference(one, other, judge()) or "")


def _parts(reply: Reply) -> dict[str, object]:
    return {name: getattr(reply, name) for name in ("address", "protocol", "transport", "port", "request", "data")}


@pytest.mark.parametrize("target", ["victim", "missing/victim"])
def test_a_link_is_in_the_way_and_is_never_followed(tmp_path: Path, target: str) -> None:
    files = list(paths(made(KNOWN)))
    link = tmp_path / "made" / files[0][0]
    link.parent.mkdir(parents=True)
    victim = tmp_path / target
    if "/" not in target:
        victim.write_text("mine", encoding="utf-8")
    link.symlink_to(victim)
    with pytest.raises(UsageError, match="is there already"):
        place(files, Destination(directory=tmp_path / "made", force=False))
    assert link.is_symlink()
    place(files, Destination(directory=tmp_path / "made", force=True))
    assert link.is_file()
    assert not link.is_symlink()
    assert victim.exists() == ("/" not in target)
    assert "/" in target or victim.read_text(encoding="utf-8") == "mine"


def test_an_address_mapped_into_ipv6_is_the_address() -> None:
    assert _address("::ffff:10.99.0.31") == "10.99.0.31"
