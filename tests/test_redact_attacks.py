"""Ways in which an identifier or an owner's name could slip through the redaction of a capture: none does.

Each case is what a device may answer, and what must be found nowhere in the files made of it, however it is wrapped. A
reply may also be left out: that costs one reply, and nothing else.
"""

import base64
import gzip
import html
import json
import re
import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import quote, unquote_to_bytes

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from camscan.cli import contribute
from camscan.cli.contribute import redaction_of
from camscan.identify.identify import identify
from camscan.protocols.tls import encode_record
from camscan.reply import Reply, Transport
from camscan.report.capture import Capture, as_capture
from tests.test_redact import KEY, judge

ADDRESS = "10.20.30.41"
SERIAL, UNIT = "DS-2CD2042WD-I20150711AAWR529876543", "529876543"
DAHUA, MAC, DAHUA_MAC = "4M0AC27PAZ5E1D3", "44:19:b6:5a:c3:e7", "3c:ef:8c:1a:c2:3d"


def reply(protocol: str, data: str | bytes, transport: Transport = "tcp", request: str = "root") -> Reply:
    octets = data.encode() if isinstance(data, str) else data
    return Reply(address=ADDRESS, protocol=protocol, transport=transport, port=80, request=request, data=octets)


def page(body: str | bytes, head: str = "", status: str = "200 OK") -> Reply:
    octets = body.encode() if isinstance(body, str) else body
    start = f"HTTP/1.1 {status}\r\nServer: App-webs/\r\n{head}Content-Length: {len(octets)}\r\n\r\n"
    return reply("http", start.encode() + octets)


def chunked(body: bytes, size: int) -> Reply:
    chunks = [body[at : at + size] for at in range(0, len(body), size)]
    framed = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return reply(
        "http", b"HTTP/1.1 200 OK\r\nServer: App-webs/\r\nTransfer-Encoding: chunked\r\n\r\n" + framed + b"0\r\n\r\n"
    )


def isapi(name: str = "X", serial: str = SERIAL, more: str = "", request: str = "root") -> Reply:
    return reply(
        "isapi",
        f'<?xml version="1.0" encoding="UTF-8"?><DeviceInfo version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">'
        f"<deviceName>{name}</deviceName><deviceID>1</deviceID><model>DS-2CD2042WD-I</model>"
        f"<serialNumber>{serial}</serialNumber><macAddress>{MAC}</macAddress><firmwareVersion>V5.4.5</firmwareVersion>"
        f"<firmwareReleasedDate>build 170124</firmwareReleasedDate>{more}</DeviceInfo>",
        request=request,
    )


def sadp(firmware: str = "V5.4.5build 170124", more: str = "") -> Reply:
    return reply(
        "sadp",
        f'<?xml version="1.0" encoding="UTF-8"?><ProbeMatch><Uuid>7A1B6C2D-9E3F-4A5B-8C7D-1E2F3A4B5C6D</Uuid>'
        f"<Types>inquiry</Types><DeviceType>1</DeviceType><DeviceDescription>DS-2CD2042WD-I</DeviceDescription>"
        f"<DeviceSN>{SERIAL}</DeviceSN><MAC>{MAC.replace(':', '-')}</MAC><IPv4Address>{ADDRESS}</IPv4Address>"
        f"<SoftwareVersion>{firmware}</SoftwareVersion>{more}</ProbeMatch>",
        "udp",
    )


def dhip(name: str = "MachineName", serial: str = DAHUA, mac: str = DAHUA_MAC) -> Reply:
    body = (
        f'{{"mac":"{mac}","method":"client.notifyDevInfo","params":{{"deviceInfo":{{"DeviceType":"IPC-HFW5442E-ZE",'
        f'"IPv4Address":{{"IPAddress":"{ADDRESS}"}},"MachineName":"{name}","SerialNo":"{serial}","Vendor":"Dahua",'
        f'"Version":"2.800.0000000.13.R,build:2020-06-05"}}}}}}'
    ).encode()
    return reply("dhdiscover", struct.pack("<I4sIIIIII", 32, b"DHIP", 0, 0, len(body), 0, len(body), 0) + body, "udp")


def escaped(text: str, form: str = "\\u%04x") -> str:
    return "".join(form % ord(character) for character in text)


def certificate(kind: str) -> Reply:
    key = {
        "rsa": lambda: rsa.generate_private_key(65537, 2048),
        "ec": lambda: ec.generate_private_key(ec.SECP256R1()),
        "dsa": lambda: dsa.generate_private_key(2048),
        "ed25519": ed25519.Ed25519PrivateKey.generate,
    }[kind]()
    parts = {
        NameOID.LOCALITY_NAME: "Musterstadt",
        NameOID.ORGANIZATION_NAME: "Rathaus Keller",
        NameOID.COMMON_NAME: UNIT,
        NameOID.EMAIL_ADDRESS: "hans.meier@rathaus.example",
        NameOID.SERIAL_NUMBER: DAHUA,
    }
    name = x509.Name([x509.NameAttribute(oid, value) for oid, value in parts.items()])
    alternative = [
        x509.DNSName("keller.rathaus.example"),
        x509.RFC822Name("h@rathaus.example"),
        x509.DirectoryName(name),
    ]
    comment = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.16.840.1.113730.1.13"), b"\x16\x0bOrdnungsamt")
    wide = "Bauhof".encode("utf-16-be")
    template = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2"), b"\x1e%c" % len(wide) + wide)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), 0x8A31, datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
    )
    addresses = x509.SubjectAlternativeName([*alternative, x509.IPAddress(ip_address(ADDRESS))])
    for extension in (addresses, comment, template, x509.SubjectKeyIdentifier.from_public_key(key.public_key())):
        builder = builder.add_extension(extension, critical=False)
    der = builder.sign(key, None if kind == "ed25519" else SHA256()).public_bytes(Encoding.DER)
    return reply("tls", encode_record("strict", "TLSv1.2", "X", der))


def made(*replies: Reply) -> list[Capture]:
    redaction = redaction_of(list(replies), judge(), KEY)
    observations = identify(replies, judge().protocols, judge().knowledge).observations
    read = [observation for observation in observations if observation.problem is None]
    return [capture for o in read if (capture := contribute._captured(o, redaction, judge()))]


def unwrapped(data: bytes) -> Iterator[bytes]:
    """Independently of the code under test: what the bytes may mean."""
    yield from (data, unquote_to_bytes(data), unquote_to_bytes(unquote_to_bytes(data)), data.replace(b"\0", b""))
    yield html.unescape(data.decode("latin-1")).encode("latin-1", "replace")
    yield re.sub(rb"\\u00([0-9a-f]{2})|\\x([0-9a-f]{2})", lambda m: bytes([int(m[1] or m[2], 16)]), data)
    yield re.sub(rb"\\([0-7]{3})", lambda m: bytes([int(m[1], 8) & 0xFF]), data)
    yield re.sub(rb"<!\[CDATA\[|\]\]>|<[^>]*>|\r?\n", b"", data)
    yield b"".join(re.findall(rb"(?s)[0-9a-f]+\r\n(.*?)\r\n", data))
    joined = re.sub(rb"[\r\n]", b"", data)
    for piece in re.findall(rb"[A-Za-z0-9+/_-]{12,}", joined):
        for start in range(4):
            part = piece[start:].replace(b"-", b"+").replace(b"_", b"/")
            inner = base64.b64decode(part + b"A" * (-len(part) % 4))
            again = re.sub(rb"[^A-Za-z0-9+/]", b"", inner)
            yield from (inner, inner.replace(b"\0", b""), base64.b64decode(again + b"A" * (-len(again) % 4)))
    for piece in re.findall(rb"(?:[0-9a-f]{2} ?){8,}", data):
        yield bytes.fromhex(piece.decode())
    for piece in re.findall(rb"[0-9a-f]{17,}", data):
        yield bytes.fromhex(piece[1 : len(piece) - (len(piece) - 1) % 2].decode())
    for numbers in re.findall(rb"(?:\d{1,3},){4,}\d{1,3}", data):
        yield bytes(int(number) & 0xFF for number in numbers.split(b","))


def check_nothing_is_left(captures: list[Capture], secrets: tuple[str, ...]) -> None:
    for capture in captures:
        text = capture.path() + as_capture(capture)
        for view in (text.encode(), *unwrapped(capture.reply.data)):
            assert not [secret for secret in secrets if secret.encode() in view]


KNOWN, KNOWN_DAHUA = sadp(), reply("magicbox", f"serialNumber={DAHUA}\r\ndeviceType=IPC-HFW5442E-ZE\r\n")
NAMED = isapi("Rathaus Keller")
BODY = f"<html><title>Rathaus Keller</title><body>sn {DAHUA} mac {DAHUA_MAC}</body></html>".encode()

WRAPPED = {
    "as JSON escapes": escaped(DAHUA),
    "as JavaScript escapes": escaped(DAHUA, "\\x%02x"),
    "as octal escapes": escaped(DAHUA, "\\%03o"),
    "as references": escaped(DAHUA, "&#x%x;"),
    "as char codes": "String.fromCharCode(" + ",".join(str(ord(c)) for c in DAHUA) + ")",
    "percent twice": escaped(DAHUA, "%%25%02X"),
    "hex at an odd offset": "a" + DAHUA.encode().hex(),
    "hex with spaces": DAHUA.encode().hex(" "),
    "base64 after a slash": '<a href="/x/' + base64.b64encode(f"id={DAHUA}".encode()).decode() + '">',
    "base64 unpadded": base64.b64encode(f"id={DAHUA}yz".encode()).decode().rstrip("="),
    "base64 for URLs": base64.urlsafe_b64encode(b"??>\xff" + DAHUA.encode() + b"\xfb\xff").decode(),
    "base64 percent": "?t=" + quote(base64.b64encode(f"idx={DAHUA}".encode()).decode()),
    "base64 twice": base64.b64encode(base64.b64encode(f"id={DAHUA}".encode())).decode(),
    "base64 in lines": base64.encodebytes(f"{'X' * 50}{DAHUA}{'Y' * 40}".encode()).decode(),
    "base64 of UTF-16": base64.b64encode(DAHUA.encode("utf-16-le")).decode(),
    "mixed case": DAHUA.lower()[:8] + DAHUA[8:],
}


@pytest.mark.parametrize("form", WRAPPED.values(), ids=WRAPPED)
def test_a_known_serial_in_any_wrapping_goes_or_the_reply_does(form: str) -> None:
    captures = made(KNOWN_DAHUA, page(f"<p>{form}</p>"))
    assert captures  # the reply that names the serial plainly comes out in any case
    check_nothing_is_left(captures, (DAHUA,))


@pytest.mark.parametrize("size", [5, 11, 64, 1100])
def test_chunks_may_end_within_an_identifier(size: int) -> None:
    original = chunked(BODY, size)
    captures = made(KNOWN_DAHUA, original)
    check_nothing_is_left(captures, (DAHUA, DAHUA_MAC, "Rathaus", "Keller"))
    (after,) = [one.reply for one in captures if one.reply.protocol == "http"]
    sizes = re.compile(rb"\r\n([0-9a-f]+)\r\n")
    assert len(after.data) == len(original.data)
    assert sizes.findall(after.data) == sizes.findall(original.data)


SPLIT = {
    "CDATA": isapi(serial=f"{SERIAL[:-4]}<![CDATA[{SERIAL[-4:]}]]>"),
    "a comment": isapi(serial=f"{SERIAL[:-4]}<!-- -->{SERIAL[-4:]}"),
    "a reference": isapi(serial=SERIAL[:-1] + "&#51;"),
    "a name of references": isapi("".join(f"&#{ord(c)};" for c in "Rathaus")),
    "a name with CDATA": isapi("Rat<![CDATA[haus]]>"),
    "a name of escapes": dhip(escaped("Rathaus Keller")),
    "a serial of escapes": dhip(serial=escaped(DAHUA)),
    "the last escape": dhip(serial=DAHUA[:-1] + "\\u0033"),
    "a MAC of escapes": dhip(mac=escaped(DAHUA_MAC)),
    "half a character": dhip("Rat\\ud800haus"),
}


@pytest.mark.parametrize("original", SPLIT.values(), ids=SPLIT)
def test_what_the_codec_joins_does_not_stand_among_the_fields(original: Reply) -> None:
    check_nothing_is_left(made(original), (UNIT, SERIAL, "Rathaus", "Keller", DAHUA, DAHUA_MAC))


PARTS = {
    "of a MAC": (
        KNOWN,
        f"{MAC.replace(':', ' ')}|4419.b65a.c3e7|{MAC.replace(':', '_')}|ipcam5ac3e7|x-C3E7|74877224272871|5a-c3-e7",
        ("44 19 b6 5a c3 e7", "c3e7", "C3E7", "5a_c3_e7", "74877224272871", "5a-c3-e7"),
    ),
    "of a MAC from behind": (KNOWN, "e7:c3:5a:b6:19:44", ("e7:c3:5a",)),
    "of a MAC in a name": (KNOWN, "HIK-5AC3E7 wlan5ac3e7x DS-2CD2042-5ac3e7", ("5AC3E7", "5ac3e7")),
    "of a MAC over lines": (KNOWN, "44:19:b6<br>:5a:c3:e7 44-19-b6 5ac-3e7", ("5ac-3e7", "5a:c3:e7")),
    "of a serial": (KNOWN_DAHUA, f"IPC {DAHUA[-6:]} cam_{DAHUA[-8:]}", (DAHUA[-6:],)),
    "of a serial with hyphens": (KNOWN_DAHUA, "4M0-AC27-PAZ5E1D3", ("PAZ5E1D3",)),
    "of a serial over lines": (KNOWN_DAHUA, f"{DAHUA[:7]}\r\n{DAHUA[7:]}<b>{DAHUA[:7]}</b>{DAHUA[7:]}", (DAHUA[7:],)),
    "of an address": (
        KNOWN,
        "0x0a141e29 10,20,30,41 10_20_30_41 10-20-30-41.local",
        ("0a141e29", "20,30,41", "20-30-41"),
    ),
    "of an address in a version": (KNOWN, "v10.20.30.41 1.10.20.30.77 10.20.30.77.", ("10.20.30.41", "10.20.30.77")),
    "of an address filled with zeros": (KNOWN, "010.020.030.041", ("020.030.041",)),
    "of a UUID": (
        KNOWN,
        "{7a1b6c2d9e3f4a5b8c7d1e2f3a4b5c6d} 7A1B6C2D_9E3F_4A5B_8C7D_1E2F3A4B5C6D",
        ("4b5c6d", "4B5C6D"),
    ),
}


@pytest.mark.parametrize(("known", "text", "secrets"), PARTS.values(), ids=PARTS)
def test_parts_and_other_notations_of_a_known_identifier_go(known: Reply, text: str, secrets: tuple[str, ...]) -> None:
    captures = made(known, page(f"<p>{text}</p>"))
    assert captures
    check_nothing_is_left(captures, secrets)


OWNERS = {
    "SSIDs": """ssid=HansNetz SSID: HansNetz "ssid": 'HansNetz' <SSID v="1">HansNetz</SSID> {\\"ssid\\":\\"HansNetz\\"}
        <input name="ssid" value="HansNetz"> <input value=HansNetz id='wlan_ssid' > table.WLan.eth2.SSID=HansNetz
        <wifiSSID>HansNetz</wifiSSID> <td>SSID</td><td>HansNetz</td> wifi.ssid = "HansNetz" """,
    "places": """{"latitude": 52.123456, "longitude":13.987654, "lat":52.123457,"lng":13.987655} latitude=52.123450
        <meta name="geo.position" content="52.123458;13.987658"><latitude>52.123459</latitude> latitude=52.123450""",
    "people": """{"userName":"hansmeier"} username=hansmeier&pw=x user:hansmeier loginName="hansmeier"
        <adminName>hansmeier</adminName> <input name="user" value="hansmeier"> {"email":"hans@rathaus"}
        tel:+491711234567
        {'contact':'hans\\'meier'} owner: `hansmeier` sip:hans@10.20.30.99 rtsp://hansmeier:geheim1@10.20.30.41/""",
    "hosts": "hans-cam.dyndns.org rathaus.quickddns.com http://keller.rathaus.example/ host=rathaus-cam.example",
    "numbers": '{"serial":"ZX81Q7788", mac:"441906551234"} X-Device-Id: 9988776655 <EZVIZCode>QWERTY</EZVIZCode>',
    "tokens": '{"accessToken":"zz99yy88xx77"} eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJoYW5zbWVpZXIifQ.c2lnbmF0dXJl',
    "letters in base64": base64.b64encode(
        b"mail=hans.meier@rathaus.de;ip=10.20.30.99;mac=44:19:b6:5a:c3:e9\0"
    ).decode(),
    "a login in a link": "rtsp%3A%2F%2Fadmin%3Ageheim1%4010.20.30.41%2Fx",
}
OWNERS_SECRETS = (
    "HansNetz", "hansmeier", "'meier", "hans@", "geheim1", "1711234567", "123456", "987654", "123457", "987655",
    "123450", "123458", "987658", "123459", "hans-cam", "rathaus", "keller", "ZX81Q7788", "441906551234", "9988776655",
    "QWERTY", "zz99yy88xx77", "10.20.30.99", "44:19:b6:5a:c3:e9", "10.20.30.41",
)  # fmt: skip


@pytest.mark.parametrize("text", OWNERS.values(), ids=OWNERS)
def test_what_a_label_says_is_the_owners_goes(text: str) -> None:
    check_nothing_is_left(made(page(f"<p>{text}</p>")), OWNERS_SECRETS)


def test_an_ordinary_page_with_labels_comes_out() -> None:
    assert len(made(page(f"<p>{OWNERS['SSIDs']}</p>"), page(f"<p>{OWNERS['places']}</p>", "X: y\r\n"))) == 2


NAMES = {
    "in a title": page(
        "<title>Rathaus Keller Tor 7</title>Rathaus&nbsp;Keller RATHAUS-KELLER rathauskeller hostRathaus "
        "Rathaus<br>Keller <h1>Keller</h1>"
    ),
    "with soft hyphens": page("<title>Rathaus Keller</title> Rat&shy;haus Kel\u200bler"),
    "of wide letters": page("<title>Rathaus Keller</title> \uff32\uff41\uff54\uff48\uff41\uff55\uff53"),
    "in an SSH comment": reply("ssh", "SSH-2.0-dropbear_2019.78 rathauskeller\r\n"),
    "in SDP": reply(
        "rtsp",
        "RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 99\r\n\r\nv=0\r\no=hansmeier 1 1 IN IP4 10.20.30.41\r\n"
        "s=Rathaus Keller\r\ni=hansmeier\r\np=+49 171 1234567\r\nu=http://www.rathaus.example/\r\n",
    ),
    "in scopes": reply(
        "wsdiscovery",
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><s:Body><d:ProbeMatches><d:ProbeMatch>'
        "<d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>onvif://www.onvif.org/name/HIKVISION%20DS-2CD2042WD-I "
        "onvif://www.onvif.org/location/Rathaus%20Keller onvif://www.onvif.org/Department/Ordnungsamt "
        "http://rathaus.example/site/Keller onvif://www.onvif.org/extension/unique_identifier/529876543</d:Scopes>"
        "<d:XAddrs>http://keller.rathaus.example/onvif</d:XAddrs></d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>",
        "udp",
    ),
    "in SADP": sadp(more="<EZVIZCode>QWERTY</EZVIZCode><DeviceName>Rathaus</DeviceName>"),
    "in ISAPI": isapi(more="<customizedInfo>Ordnungsamt</customizedInfo><wifiSSID>HansNetz</wifiSSID>"),
    "in a configuration": reply("magicbox", "table.ChannelTitle[0].Name=Rathaus Tor\r\nserialNumber=4M0AC27PAZ5E1D3\r"),
    "in SNMP": reply("snmp", "1.3.6.1.2.1.1.1.0|STRING|Hikvision\n1.3.6.1.2.1.1.6.0|STRING|Keller Rathaus\n", "udp"),
    "in a path": reply(
        "ssdp",
        "HTTP/1.1 200 OK\r\nLOCATION: http://10.20.30.41:49152/rootDesc-RathausKeller.xml\r\nST: upnp:rootdevice\r\n"
        "USN: uuid:abc-RathausKeller-529876543::upnp:rootdevice\r\n\r\n",
        "udp",
    ),
    "in a cookie": page("", "Set-Cookie: username=hansmeier; domain=.rathaus.example\r\n", "401 Unauthorized"),
    "in a request": isapi(request="GET /x?user=hansmeier at 10.20.30.41"),
}  # fmt: skip
NAMES_SECRETS = (
    "Rathaus", "rathaus", "RATHAUS", "Keller", "keller", "Ordnungsamt", "529876543", "hansmeier", "171 1234567",
    "QWERTY", "HansNetz", "DAHUA", "10.20.30.41", "Rat\xadhaus", "Kel\u200bler", "\uff32\uff41\uff54\uff48",
)  # fmt: skip


@pytest.mark.parametrize("original", NAMES.values(), ids=NAMES)
def test_names_go_wherever_they_stand(original: Reply) -> None:
    check_nothing_is_left(made(original), NAMES_SECRETS)


def test_words_of_a_known_name_go_singly_from_another_reply() -> None:
    captures = made(NAMED, page("<p>Rathaus und RATHAUS-keller</p>"))
    assert len(captures) == 2
    check_nothing_is_left(captures, ("Rathaus", "RATHAUS", "keller"))


@pytest.mark.parametrize("kind", ["rsa", "ec", "dsa", "ed25519"])
def test_a_certificate_with_any_key_becomes_another(kind: str) -> None:
    original = certificate(kind)
    (capture,) = made(original)
    secrets = ("Musterstadt", "Rathaus", "Keller", "keller", "rathaus", UNIT, DAHUA, "hans", "Ordnungsamt")
    check_nothing_is_left([capture], secrets)
    der, old = (
        x509.load_pem_x509_certificate(data[data.index(b"-----BEGIN") :])
        for data in (capture.reply.data, original.data)
    )
    assert der.signature != old.signature
    keys = [c.public_key().public_bytes(Encoding.DER, _spki()) for c in (der, old)]
    assert keys[0] != keys[1]
    assert not any(keys[1][at : at + 12] in keys[0] for at in range(len(keys[1]) - 30, len(keys[1]) - 12))
    assert "Bauhof".encode("utf-16-be") not in der.public_bytes(Encoding.DER)


def _spki() -> object:
    from cryptography.hazmat.primitives.serialization import PublicFormat

    return PublicFormat.SubjectPublicKeyInfo


def private_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()


REFUSED = {
    "a compressed body": (page(gzip.compress(BODY), "Content-Encoding: gzip\r\n"), "its body is compressed"),
    "a deflated body": (page(zlib.compress(BODY), "content-encoding:deflate\r\n"), "its body is compressed"),
    "a private key": (page(f"<pre>{private_key()}</pre>"), "it holds a key, or a certificate"),
    "a PEM with escaped lines": (
        page(json.dumps({"cert": certificate("ec").data.decode()})),
        "it holds a key, or a certificate",
    ),
    "a list of others": (page(" ".join(f"a{n}@b{n}.example" for n in range(2001))), "more than 2,000 identifiers"),
    "half a character": (dhip("Rat\\ud800haus"), ""),
}


@pytest.mark.parametrize(("original", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_redacted_is_left_out_with_the_reason(
    original: Reply, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert made(original) == []
    assert reason in capsys.readouterr().err


def test_a_firmware_that_is_the_own_address_is_no_evidence() -> None:
    check_nothing_is_left(made(sadp(firmware=ADDRESS)), (ADDRESS,))


def test_a_version_of_four_numbers_stays() -> None:
    (capture,) = made(page("", "X-Powered-By: Linux/2.6.28.9 UPnP 1.2.5.3\r\n"))
    assert capture.fields["powered_by"] == ("Linux/2.6.28.9 UPnP 1.2.5.3",)


@pytest.mark.parametrize("number", ["1", "5", "13", "135", "255", "4040"])
def test_a_short_number_falsifies_nothing(number: str) -> None:
    info = isapi()
    info = reply("isapi", info.data.replace(b"<deviceID>1<", b"<deviceID>%s<" % number.encode()))
    other = page("<p>mask 255.255.255.0 v1.0 13.5</p>")
    captures = {one.reply.protocol: one for one in made(info, other)}
    assert captures["http"].reply.data == other.data
    assert captures["isapi"].fields["firmware"] == ("V5.4.5",)
    assert captures["isapi"].fields["device_id"] == (number,)


def test_a_name_in_json_with_escaped_letters_comes_out() -> None:
    (capture,) = made(dhip("B\\u00fcrgermeister"))
    check_nothing_is_left([capture], ("rgermeister",))
    assert len(capture.fields["name"][0]) == len("Bürgermeister")
