"""HTTP: what is read from a response, and that the dialogue asks for pages only, on its own host and port only."""

import base64
import hashlib

import mmh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camscan.errors import DecodeError
from camscan.probe import Endpoint
from camscan.protocols import page
from camscan.protocols.challenge import read_challenges, shape
from camscan.protocols.gather import gather
from camscan.protocols.http import FAVICON, PAGE, PROTOCOL, RANDOM_PATH, REDIRECTS, ROOT, decode, dialogue

HERE = Endpoint(address="192.0.2.7", port=80, token="t0k3n")


def reply(*lines: str, body: str = "") -> bytes:
    return "\r\n".join(("HTTP/1.1 200 OK", *lines, "", body)).encode()


def run(endpoint: Endpoint, answers: dict[str, bytes | None]) -> list[tuple[str, str]]:
    """The (name, path) of every request of the dialogue, a path without an answer being silent."""
    turns, asked = dialogue(endpoint), []
    try:
        request = next(turns)
        while True:
            asked.append((request.name, request.path))
            request = turns.send(answers.get(request.path))
    except StopIteration:
        return asked


def test_head_of_a_response() -> None:
    fields = decode(
        reply("CONNECTION: close", "Server: x", "Set-Cookie: sid=1; Path=/", "Set-Cookie:secure; HttpOnly", "P3P: CP=X")
    )
    assert fields["header_order"] == ("CONNECTION Server Set-Cookie Set-Cookie P3P",)
    assert (fields["status"], fields["version"], fields["server"]) == (("200",), ("HTTP/1.1",), ("x",))
    assert (fields["cookie"], fields["p3p"]) == (("sid",), ("CP=X",))


def test_title_and_text_of_a_page() -> None:
    fields = decode(reply(body="\ufeff<html><head>\n<TITLE id=a>\n A &amp;\n B </TITLE></head>"))
    assert fields["title"] == ("A & B",)
    assert fields["body"][0].startswith("<html>")


def test_no_header_no_problem() -> None:
    assert decode(b"<html><title>old</title>") == {"title": ("old",), "body": ("<html><title>old</title>",)}


def test_rtsp_is_refused() -> None:
    with pytest.raises(DecodeError, match="RTSP"):
        decode(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n")


ICON = b"\0\0\1\0\1\0\x10\x10" + bytes(range(200))


def test_favicon_is_hashed_as_the_search_engines_do() -> None:
    fields = decode(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(ICON) + ICON)
    assert fields["favicon_md5"] == (hashlib.md5(ICON, usedforsecurity=False).hexdigest(),)
    encoded = base64.b64encode(ICON).decode()
    lines = "".join(encoded[i : i + 76] + "\n" for i in range(0, len(encoded), 76))
    assert fields["favicon_mmh3"] == (str(mmh3.hash(lines)),)
    assert "body" not in fields


@pytest.mark.parametrize("header", [b"Content-Length: 9999", b"Transfer-Encoding: chunked"])
def test_half_an_image_is_not_hashed(header: bytes) -> None:
    body = ICON if header.startswith(b"Content") else b"fff\r\n" + ICON
    assert "favicon_md5" not in decode(b"HTTP/1.0 200 OK\r\n" + header + b"\r\n\r\n" + body)


def test_challenges_of_two_headers_and_folded_ones() -> None:
    digest = 'Digest realm="IP Camera(C1234)", nonce="3a4b5c", opaque="", algorithm=SHA-256, qop="auth"'
    fields = gather(read_challenges([digest, 'Basic realm="IP Camera(C1234)", Digest realm=other,stale="FALSE"']))
    assert fields["auth_scheme"] == ("digest", "basic")
    assert fields["realm"] == ("IP Camera(C1234)", "other")
    assert (fields["nonce_shape"], fields["opaque_shape"]) == (("hex6",), ("empty",))
    assert (fields["auth_algorithm"], fields["auth_qop"], fields["auth_stale"]) == (("SHA-256",), ("auth",), ("FALSE",))


def test_a_comma_and_a_scheme_name_inside_a_realm_are_realm() -> None:
    assert gather(read_challenges(['Basic realm="a, b=c"'])) == {"auth_scheme": ("basic",), "realm": ("a, b=c",)}


SHAPES = {
    "": "empty",
    "1234567": "decimal",
    "0a" * 16: "hex32",
    "1f0c7a52-6b3d-4e98-a1d4-5c2b7e90f863": "uuid",
    "xLD0t71uLsrD79BuhFBjZZYkYXr_yr4U/A==": "base64",
    "ab:12": "other",
    "\u0663\u0663": "other",
}


@pytest.mark.parametrize("text", SHAPES)
def test_shapes(text: str) -> None:
    assert shape(text) == SHAPES[text]


def test_dialogue_asks_the_random_path_first_and_the_favicon_last() -> None:
    assert run(HERE, {"/": reply()}) == [("random path", "/t0k3n"), ("root", "/"), ("favicon", "/favicon.ico")]


def test_dialogue_stops_where_the_root_is_silent() -> None:
    assert run(HERE, {"/t0k3n": reply()}) == [("random path", "/t0k3n"), ("root", "/")]


def test_dialogue_follows_location_refresh_and_script() -> None:
    answers: dict[str, bytes | None] = {
        "/": reply("Location: http://192.0.2.7/index.asp"),
        "/index.asp": reply(body='<meta http-equiv="refresh" content="0; url=web/index.html">'),
        "/web/index.html": reply(body='<script>window.location.href = "../doc/page/login.asp?_" + now;</script>'),
    }
    followed = [path for name, path in run(HERE, answers) if name == "page"]
    assert followed == ["/index.asp", "/web/index.html", "/doc/page/login.asp"]


def test_dialogue_does_not_go_in_circles_or_on_for_ever() -> None:
    circle: dict[str, bytes | None] = {"/": reply("Location: /a"), "/a": reply("Location: /")}
    assert [path for name, path in run(HERE, circle) if name == "page"] == ["/a"]
    chain: dict[str, bytes | None] = {"/": reply("Location: /p0")}
    chain |= {f"/p{i}": reply(f"Location: /p{i + 1}") for i in range(20)}
    assert len([path for name, path in run(HERE, chain) if name == "page"]) == REDIRECTS


ELSEWHERE = [
    "http://198.51.100.1/",
    "http://192.0.2.7:8080/index.html",
    "https://192.0.2.7/index.html",
    "//198.51.100.1/index.html",
    "http://camera.example/index.html",
    "http://192.0.2.7@198.51.100.1/index.html",
    "http://[::1/",
    "http://192.0.2.7:99999/",
    "javascript:alert(1)",
    "/cgi-bin/magicBox.cgi",
    "/ISAPI/System/reboot",
    "/isapi/x",
    "/PSIA/System/reboot",
    "/reboot.html",
    "/goform/setFactoryReset",
    "/a/../logout.asp",
    "/firmware.bin",
    "/index.html%0d%0aX: y",
    "/" + "a" * 300,
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_what_is_no_page_here_is_not_followed(target: str) -> None:
    assert page.next_path(HERE, "/", target) is None


FOLLOWED = {
    "/index.asp": "/index.asp",
    "login.html?auth=YWRtaW46MTEK#x": "/web/login.html",
    "http://192.0.2.7:80/": "/",
    "": "/web/",
    "//192.0.2.7/doc/": "/doc/",
}


@pytest.mark.parametrize("target", FOLLOWED)
def test_pages_are_followed_without_their_query(target: str) -> None:
    assert page.next_path(HERE, "/web/", target) == FOLLOWED[target]


def test_https_and_ipv6_endpoints_know_themselves() -> None:
    secure = Endpoint(address="192.0.2.7", port=443, tls=True)
    assert page.next_path(secure, "/", "https://192.0.2.7/a.html") == "/a.html"
    assert page.next_path(secure, "/", "http://192.0.2.7/a.html") is None
    six = Endpoint(address="2001:db8::7", port=8080)
    assert page.next_path(six, "/", "http://[2001:db8:0::7]:8080/a.html") == "/a.html"


def test_requests_carry_no_credential_and_close() -> None:
    for request in (RANDOM_PATH, ROOT, PAGE, FAVICON):
        sent = request.render("192.0.2.7")
        assert sent.startswith(b"GET ")
        assert b"authorization" not in sent.lower()
        assert b"Connection: close\r\n" in sent
        assert b"User-Agent: camscan\r\n" in sent
        assert request in PROTOCOL.requests


def test_clock_nonce_and_cookie_do_not_change_the_hash() -> None:
    def masked(date: str, nonce: str, cookie: str) -> bytes:
        data = reply(f"Date: {date}", f'WWW-Authenticate: Digest realm="a", nonce="{nonce}"', f"Set-Cookie: {cookie}")
        for pattern in PROTOCOL.volatile:
            data = pattern.sub(b"", data)
        return data

    assert masked("Mon", "1", "a=1") == masked("Tue", "2", "a=2")
    assert b'realm="a"' in masked("Mon", "1", "a=1")


@given(
    data=st.binary(max_size=600),
    head=st.sampled_from([b"", b"HTTP/1.1 401 x\r\nWWW-Authenticate: Digest ", b"HTTP/1.0 200 OK\r\n\r\n<title>"]),
)
def test_any_bytes_decode_or_are_refused(data: bytes, head: bytes) -> None:
    try:
        fields = decode(head + data)
    except DecodeError:
        return
    assert all(values and all(values) for values in fields.values())


@given(target=st.text(max_size=80), body=st.text(max_size=200))
def test_any_redirect_stays_on_the_endpoint(target: str, body: str) -> None:
    path = page.next_path(HERE, "/", target)
    assert path is None or (page.is_page(path) and path.isascii() and path.startswith("/"))
    for name, asked in run(HERE, {"/": reply(body=f'<script>location.href="{target}"</script>' + body)}):
        assert name != "page" or page.is_page(asked)


def test_a_page_made_to_slow_the_reader_down_does_not() -> None:
    hostile = "<meta refresh " * 5000 + "location = " * 5000 + "<title " * 5000 + "url=" * 10000 + " " * 50000
    assert page.title(hostile) == ""
    assert list(page.targets(hostile)) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b"<tt:Hour>9</tt:Hour><tt:Minute>5</tt:Minute>", b"<tt:Hour>23</tt:Hour><tt:Minute>59</tt:Minute>"),
        (b'{"id":1,"params":{"random":"93"},"session":"a1"}', b'{"id":1,"params":{"random":"1234"},"session":9}'),
    ],
)
def test_a_body_whose_clock_or_session_went_on_is_the_same_content(one: bytes, other: bytes) -> None:
    def content(body: bytes) -> bytes:
        data = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        for pattern in PROTOCOL.volatile:
            data = pattern.sub(b"", data)
        return data

    assert content(one) == content(other)
    assert content(one) != content(b"<p>another page</p>")
