"""nmap's XML: what becomes a reply, what only hearsay, and what a hostile or broken file can do (nothing)."""

import pytest

from camscan.errors import UsageError
from camscan.intake.imported import BadEntry, Hearsay, Passed
from camscan.intake.nmap_fingerprint import read_fingerprint
from camscan.protocols.registry import load_protocols
from tests.import_rig import PROLOG, fingerprint, host, nmap, nmap_file, others, port, replies, script

HEAD = b'HTTP/1.1 200 OK\r\nServer: App-webs/\r\nETag: "0-7c3"\r\nContent-Length: 9\r\n\r\n'
ELEM = '<elem key="{}">{}</elem>'


def fields(reply: object, protocol: str) -> dict[str, tuple[str, ...]]:
    return dict(load_protocols()[protocol].decode(reply.data))  # type: ignore[attr-defined]


def test_an_open_port_that_a_scan_would_try_is_a_connect_and_a_closed_or_other_one_is_nothing() -> None:
    text = nmap_file(host(port(554), port(9100), port(443, state="closed"), port(80, state="open|filtered")))
    (found,) = nmap(text)
    assert (found.address, found.port, found.protocol, found.data) == ("10.0.0.5", 554, "tcp", b"")  # type: ignore[union-attr]
    assert (found.request, found.channel, found.time) == ("connect by nmap", "imported", 1795334450.0)  # type: ignore[union-attr]


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_the_replies_in_a_service_fingerprint_come_back_byte_for_byte(size: int) -> None:
    page = HEAD + b"<p>\xc3\xa9\xff\0"
    sdk = bytes.fromhex("0000001000000000" * 2)
    text = nmap_file(host(port(80, service=fingerprint(GetRequest=page)), port(8000, service=fingerprint(NULL=sdk))))
    (web,) = replies(nmap(text, size), "http")
    (greeting,) = replies(nmap(text, size), "hik_sdk")
    assert (web.data, web.request) == (page, "probe GetRequest by nmap")
    assert greeting.data == sdk


def test_a_reply_that_nmap_cut_ends_at_its_last_whole_line() -> None:
    long = HEAD + b"<p>one</p>\n" + b"<deviceType>" + b"D" * 2000
    (web,) = replies(nmap(nmap_file(host(port(80, service=fingerprint(GetRequest=long))))), "http")
    assert web.data == HEAD + b"<p>one</p>\n"


def test_the_same_reply_to_several_probes_is_one_and_a_greeting_is_what_came_unasked() -> None:
    service = fingerprint(GetRequest=HEAD, HTTPOptions=HEAD)
    assert len(replies(nmap(nmap_file(host(port(80, service=service)))), "http")) == 1
    service = fingerprint(NULL=b"220 IPC ready\r\n", GetRequest=b"220 what?\r\n")
    assert [r.data for r in replies(nmap(nmap_file(host(port(21, service=service)))), "ftp")] == [b"220 IPC ready\r\n"]


def test_replies_that_no_protocol_speaks_are_passed_over() -> None:
    assert Passed(kind="replies of port 80") in nmap(nmap_file(host(port(80, service=fingerprint(NULL=b"\x05\x01")))))


def test_a_fingerprint_of_nonsense_is_empty() -> None:
    for text in ("", "SF", '%r(GetRequest,FF,"unfinished', '%r(,1,"a")', '%r(A,FFFFFFFFF,"a")', '%r(A,1,"\\"'):
        assert not list(read_fingerprint(text))


def test_listed_headers_make_a_head_that_says_it_is_rebuilt() -> None:
    output = "\n  Date: Sun, 22 Nov 2026 08:00:00 GMT\n  Server: DNVRS-Webs\n  \n  (Request type: HEAD)\n"
    (head,) = replies(nmap(nmap_file(host(port(80, script("http-headers", output))))), "http")
    assert head.data == b"Date: Sun, 22 Nov 2026 08:00:00 GMT\r\nServer: DNVRS-Webs\r\n\r\n"
    assert head.request == "http-headers HEAD by nmap, rebuilt"
    assert fields(head, "http")["server"] == ("DNVRS-Webs",)


def test_what_a_failed_script_prints_is_no_header() -> None:
    scripts = (script("http-headers", "\n  ERROR: Header request failed\n"), script("rtsp-methods", "ERROR: failed"))
    entries = nmap(nmap_file(host(port(80, *scripts))))
    assert not replies(entries, "http") and not replies(entries, "rtsp")


def test_title_server_and_challenge_are_replies_of_their_own() -> None:
    challenge = (
        '<table><elem key="scheme">Digest</elem><table key="params"><elem key="qop">auth</elem>'
        '<elem key="realm">IP Camera(C1234)</elem></table></table>'
    )
    scripts = (
        script("http-title", "WEB", ELEM.format("title", "WEB &lt;1&gt;")),
        script("http-server-header", "App-webs/", "<elem>App-webs/</elem>"),
        script("http-auth", "\nHTTP/1.1 401 Unauthorized\r\n  Digest qop=auth", challenge),
    )
    title, server, refused = replies(nmap(nmap_file(host(port(80, *scripts)))), "http")
    assert fields(title, "http")["title"] == ("WEB <1>",)
    assert fields(server, "http")["server"] == ("App-webs/",)
    assert fields(refused, "http")["status"] == ("401",)
    assert fields(refused, "http")["auth_scheme"] == ("digest",)
    assert fields(refused, "http")["realm"] == ("IP Camera(C1234)",)


def test_a_page_that_came_from_another_host_is_nothing_of_this_one() -> None:
    values = ELEM.format("title", "NVR") + ELEM.format("redirect_url", "https://nvr.example/")
    output = "\n  Server: DNVRS-Webs\n  (Request type: GET)\n"
    page = port(80, script("http-title", "NVR", values), script("http-headers", output))
    assert not replies(nmap(nmap_file(host(page))), "http")
    named = '<hostnames><hostname name="NVR.example" type="user"/></hostnames>'
    assert len(replies(nmap(nmap_file(host(page, more=named))), "http")) == 2


def test_a_redirect_that_was_not_followed_is_a_location() -> None:
    values = ELEM.format("redirect_url", "http://10.0.0.5/doc/page/login.asp")
    (head,) = replies(
        nmap(nmap_file(host(port(80, script("http-title", "Did not follow redirect to x", values))))), "http"
    )
    assert fields(head, "http")["location"] == ("http://10.0.0.5/doc/page/login.asp",)


def test_a_certificate_is_taken_as_it_is_and_of_old_versions_its_names() -> None:
    pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    (kept,) = replies(
        nmap(nmap_file(host(port(443, script("ssl-cert", "Subject: x", ELEM.format("pem", pem)))))), "tls"
    )
    assert (kept.data, kept.request) == (pem.encode(), "ssl-cert by nmap")
    old = "Subject: commonName=IPC/organizationName=Dahua\nIssuer: commonName=IPC"
    (names,) = replies(nmap(nmap_file(host(port(443, script("ssl-cert", old))))), "tls")
    assert names.request == "ssl-cert by nmap, rebuilt"
    assert "IPC" in fields(names, "tls")["subject"][0]


def test_a_banner_that_nmap_broke_into_lines_is_whole_again_and_a_cut_one_is_not_used() -> None:
    printed = "\\x00\\x00\\x00\\x10\\x00\\x00\\x00\\x1E\\x00\\x00\\x00\\x1E\\x00\\x00\\x00\\x0\n0"
    (greeting,) = replies(nmap(nmap_file(host(port(8000, script("banner", printed))))), "hik_sdk")
    assert fields(greeting, "hik_sdk") == {"sdk_code": ("30",)}
    cut = script("banner", "220 DS-2CD2042W...")
    assert not replies(nmap(nmap_file(host(port(21, cut, service='name="ftp"')))), "ftp")


def test_rtsp_snmp_and_upnp_parts() -> None:
    upnp = "\n  Server: Linux UPnP/1.0\n  Location: http://10.0.0.5:49152/d.xml\n    Name: Gate & yard\n"
    text = nmap_file(
        host(
            port(554, script("rtsp-methods", "OPTIONS, DESCRIBE")),
            port(161, script("snmp-sysdescr", "IPC\n  System uptime: 1 day"), protocol="udp"),
            port(1900, script("upnp-info", upnp), protocol="udp"),
        )
    )
    entries = nmap(text)
    assert fields(replies(entries, "rtsp")[0], "rtsp")["public"] == ("OPTIONS, DESCRIBE",)
    assert fields(replies(entries, "snmp")[0], "snmp")["sys_descr"] == ("IPC",)
    assert fields(replies(entries, "ssdp")[0], "ssdp")["location"] == ("http://10.0.0.5:49152/d.xml",)
    assert fields(replies(entries, "upnp")[0], "upnp")["name"] == ("Gate & yard",)
    assert replies(entries, "upnp")[0].transport == "udp"
    elsewhere = nmap(text.replace("http://10.0.0.5:49152", "http://10.0.0.6:49152"))
    assert replies(elsewhere, "ssdp") and not replies(elsewhere, "upnp")


def test_a_mac_is_a_neighbour() -> None:
    mac = '<address addr="44:19:B6:01:02:03" addrtype="mac" vendor="Hangzhou Hikvision"/>'
    (heard,) = replies(nmap(nmap_file(host(more=mac))), "arp")
    assert fields(heard, "arp")["mac"] == ("44:19:b6:01:02:03",)
    assert (heard.transport, heard.port) == ("ethernet", None)


def test_what_nmap_concluded_is_hearsay_and_no_reply() -> None:
    entries = nmap(nmap_file(host(port(8081, service='name="http" product="Hikvision IP camera httpd"'))))
    assert entries == [Hearsay(address="10.0.0.5", port=8081, tool="nmap", maker="hikvision")]


def test_a_script_that_names_no_device_is_counted() -> None:
    prescript = f"<prescript>{script('broadcast-upnp-info', '239.255.255.250')}</prescript>"
    assert nmap(PROLOG + prescript + "</nmaprun>") == [Passed(kind="broadcast-upnp-info")]


def test_bad_hosts_and_ports_cost_themselves() -> None:
    text = nmap_file(
        host(port(554), address="10.0.0.999"), host(port(70000), port(554), address="fe80::1%eth0", kind="ipv6")
    )
    entries = nmap(text)
    assert [str(e) for e in others(entries)] == [
        "out.xml: host 10.0.0.999: '10.0.0.999' is not an IP address; left out",
        "out.xml: host fe80::1: '70000' is not a port; left out",
    ]
    assert [r.address for r in replies(entries, "tcp")] == ["fe80::1"]


def test_a_host_that_nmap_gave_up_on_is_told() -> None:
    entries = nmap(nmap_file(host().replace("<host ", '<host timedout="true" ')))
    assert "gave up" in str(entries[0])


def test_a_file_that_ends_in_the_middle_gives_what_it_holds() -> None:
    text = nmap_file(host(port(554)), host(port(8000), address="10.0.0.6"))
    for end in range(text.index("</port>") + 7, len(text) - len("</nmaprun>") - 1, 41):
        entries = nmap(text[:end])
        assert replies(entries, "tcp")[0].port == 554
        assert isinstance(entries[-1], BadEntry) and "not whole" in str(entries[-1])


END_OF_RUN = "</nmaprun>"
BOMB = '<!DOCTYPE nmaprun [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "beginning",
    [
        BOMB,
        '<!DOCTYPE nmaprun SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE nmaprun [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        "<!-- <nmaprun > -->" + BOMB,
        "<html>",
        "<?xml version='1.0'?><!-- " + "x" * 300_000,
    ],
)
def test_a_document_type_of_its_own_is_refused(beginning: str) -> None:
    with pytest.raises(UsageError, match="not nmap's"):
        nmap(f'<?xml version="1.0"?>{beginning}<nmaprun>{host(port(554))}</nmaprun>')


def test_entities_that_nobody_declared_and_a_late_document_type_expand_to_nothing() -> None:
    late = PROLOG + BOMB + host(port(80, script("http-server-header", "x").replace('"x"', '"&b;&b;"'))) + "</nmaprun>"
    assert all(b"aaaa" not in reply.data for reply in replies(nmap(late), "http"))


@pytest.mark.parametrize(
    "inside",
    [
        "<a>" * 10_000,
        "<table>" * 10_000,
        "\x00\x01\x1b&#0;&#xd800;\ud800",
        '<host a="' + "x" * 20_000_000 + '">',
        "<host><ports><port protocol='tcp' portid='80'>" + "<script id='banner' output=''>" + "<elem>x</elem>" * 5000,
        "<port/><script/><elem/></table></port></host>",
        "<host></nmaprun>",
    ],
    ids=["depth", "tables", "characters", "attribute", "values", "astray", "crossed"],
)
def test_hostile_xml_never_raises_and_keeps_what_came_before(inside: str) -> None:
    entries = nmap(PROLOG + host(port(554)) + inside + END_OF_RUN, 100_000)
    assert replies(entries, "tcp")[0].port == 554


def test_masscan_xml_carries_its_banners() -> None:
    text = PROLOG.replace('scanner="nmap"', 'scanner="masscan"') + host(
        port(80, service='name="http" banner="HTTP/1.0 200 OK\\x0d\\x0aServer: App-webs/\\x0d\\x0a\\x0d\\x0a"')
    )
    (web,) = replies(nmap(text + END_OF_RUN), "http")
    assert (web.data, web.request) == (b"HTTP/1.0 200 OK\r\nServer: App-webs/\r\n\r\n", "banner http by masscan")
