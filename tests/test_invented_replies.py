"""Replies invented for the purpose, each alone: what must be named, and what looks like it and must not be."""

import json
from functools import cache

import pytest

from camscan.identify.identify import identify
from camscan.identify.knowledge_base import Knowledge, load_knowledge
from camscan.model import Device
from camscan.protocols.registry import load_protocols
from camscan.reply import Reply


@cache
def knowledge() -> Knowledge:
    return load_knowledge()


def judged(protocol: str, data: str) -> Device:
    """The device of one reply."""
    reply = Reply(address="192.0.2.1", protocol=protocol, transport="tcp", port=80, request="r", data=data.encode())
    (device,) = identify([reply], load_protocols(), knowledge()).devices
    return device


def http(*headers: str, status: str = "200 OK", body: str = "") -> str:
    return "\r\n".join((f"HTTP/1.1 {status}", *headers, "", body))


def refused(realm: str, *more: str) -> str:
    return http(f'WWW-Authenticate: Digest realm="{realm}", nonce="5f2a9c"', *more, status="401 Unauthorized")


def description(*lines: str) -> str:
    return "\r\n".join(("RTSP/1.0 200 OK", "CSeq: 3", "Content-Type: application/sdp", "", "v=0", *lines, ""))


def soap(body: str) -> str:
    return f'<e:Envelope xmlns:e="a" xmlns:t="b"><e:Body>{body}</e:Body></e:Envelope>'


def scopes(name: str, hardware: str, *more: str) -> str:
    listed = (f"name/{name}", f"hardware/{hardware}", *more)
    items = "".join(f"<t:ScopeItem>onvif://www.onvif.org/{scope}</t:ScopeItem>" for scope in listed)
    return soap(f"<t:GetScopesResponse>{items}</t:GetScopesResponse>")


def match(name: str, hardware: str, *more: str) -> str:
    listed = " ".join(f"onvif://www.onvif.org/{s}" for s in (f"name/{name}", f"hardware/{hardware}", *more))
    inner = f"<Types>x:NetworkVideoTransmitter</Types><Scopes>{listed}</Scopes>"
    return f"<ProbeMatches><ProbeMatch>{inner}</ProbeMatch></ProbeMatches>"


def described(model: str, manufacturer: str = "Acme Inc.") -> str:
    return f"<root><device><manufacturer>{manufacturer}</manufacturer><modelName>{model}</modelName></device></root>"


def device_info(version: str) -> str:
    return f"<DeviceInfo><model>X-1</model><firmwareVersion>{version}</firmwareVersion></DeviceInfo>"


def inquired(version: str) -> str:
    inner = f"<DeviceDescription>X-1</DeviceDescription><SoftwareVersion>{version}</SoftwareVersion>"
    return f"<ProbeMatch>{inner}</ProbeMatch>"


def information(manufacturer: str, model: str, version: str, hardware: str) -> str:
    fields = {"Manufacturer": manufacturer, "Model": model, "FirmwareVersion": version, "HardwareId": hardware}
    inner = "".join(f"<t:{name}>{value}</t:{name}>" for name, value in fields.items())
    return soap(f"<t:GetDeviceInformationResponse>{inner}</t:GetDeviceInformationResponse>")


WORDS = (
    "ADMINISTRATOR1",
    "SWITCH00000001",
    "CONTROLPANEL01",
    "AP12345678901",
    "0016C7A1B2C3",
    "NETGEAR7000V2",
    "SERVER2016",
    "ER605V20000001",
    "1234567890123",
    "0000000012345678",
    "Vigor 3300",
    "the Router Web Configurator",
    "192.168.1.1",
)
COPIED = ("location/country/china", "Profile/Streaming")
MODELS = (
    "CS-X1900-4G",
    "CS-C6000-Z1",
    "CS-BC1000-A1",
    "CS-C3W",
    "NVR-116MHD",
    "SD4000X-HN",
    "ITC100-AB1",
    "EVS5000-1",
    "IP8M-ABC",
    "IPC-100",
    "DS-918+",
    "DS-C9148-48P-K9",
    "NVR4104",
    "PTZ-20X",
    "EKI-7710G",
)
LOOK_ALIKES = [
    *(("http", refused(f"Login to {word}")) for word in WORDS),
    *(("rtsp", refused(f"Login to {word}").replace("HTTP/1.1", "RTSP/1.0")) for word in WORDS),
    *(("upnp", described(model)) for model in MODELS),
    *(("wsdiscovery", match("General", h, *COPIED)) for h in ("1.0", "IPC-model", "HI3516C", "XM530")),
    *(("onvif", scopes("General", h, *COPIED)) for h in ("1.0", "IPC-model", "HI3516C", "XM530")),
    ("rtsp", description("s=Media Presentation", "e=NONE", "b=AS:5000", "m=video 0 RTP/AVP 96", "a=recvonly")),
    ("http", http("Server: webserver", body='<a href="/doc/index.html">Documentation</a>')),
    ("http", http("Server: web", body='<script src="/doc/page/x.js"></script>')),
    ("http", http("Server: nginx", body='<meta http-equiv="refresh" content="0; url=doc/index.html">')),
    ("http", http("Server: nginx", body="<p>window.location.href = '/doc/page/login.asp'</p>")),
    ("http", http(body='<pre>&lt;DeviceInfo xmlns="http://www.hikvision.com/ver20/XMLSchema"&gt;</pre>')),
    ("http", http(body="<title>WATASHI SERVICE</title>")),
    ("http", http("CONNECTION: close", "CONTENT-LENGTH: 2", "CONTENT-TYPE: text/plain", body="ok")),
    ("http", refused("00408c010203")),
    ("rpc2", '{"result":true,"session":1234,"user":"admin"}'),
    ("rpc2", '{"jsonrpc":"2.0","result":{},"id":1,"session":3}'),
    ("magicbox", "type=camera\nversion=0.9"),
    ("magicbox", "version=6.0.11\nvendor=ACTi\ntype=E32"),
    ("magicbox", "type=HI3516"),
    ("magicbox", "sn=123456789012\nversion=2.0.1.5"),
    ("magicbox", "type=sensor\nvendor=Acme\nversion=2.0.1"),
    ("magicbox", "version=10.0.19041.1"),
    ("onvif", information("General", "HI3516", "1.0.0", "1.00")),
    ("onvif", information("Honeywell", "HC30W45R3", "1.000.HW00.8.20211220", "1.00")),
    ("onvif", information("Dahua-like", "X1", "1.0", "2")),
    ("arp", "192.0.2.1 0x1 0x2 c0:56:e3:a1:0b:7d * eth0"),
]


@pytest.mark.parametrize(("protocol", "data"), LOOK_ALIKES)
def test_a_look_alike_is_neither(protocol: str, data: str) -> None:
    assert judged(protocol, data).vendor not in ("hikvision", "dahua")


SERIALS = (
    "4M05CC9FAC84F4D",
    "4M0747EPAA0B736",
    "KRHB1700W1234",
    "BLTF0234567AB",
    "ND012010121726",
    "AMC0138597CD32FB1A",
    "PZC4DW040W00123",
    "6D0AF31YAJ63FFB",
    "54FFB94ED89D5FAB",
    "0ae5e3a55d6b36d0d35a0f5c751f450a",
)
SHAPE = ("location/country/china", "Profile/Streaming", "type/Network_Video_Transmitter", "extension/unique_identifier")
BRANDS = ("LeChange", "KBVision", "RVi", "BCS", "BURG-WAECHTER", "Panasonic", "IC%20Realtime", "Q-See", "FLIR")
TARGETS = [
    *(("http", refused(f"Login to {serial}"), "dahua") for serial in SERIALS),
    *(("rtsp", refused(f"Login to {serial}").replace("HTTP/1.1", "RTSP/1.0"), "dahua") for serial in SERIALS),
    *(("wsdiscovery", match(name, "X1", *SHAPE), "dahua") for name in BRANDS),
    *(("onvif", scopes(name, "X1", *SHAPE), "dahua") for name in BRANDS),
    *(("http", http(f"Server: {name}"), "hikvision") for name in ("hikvision-webs", "DNVRS-Webs/1.0", "App-webs/1.0")),
    *(
        ("http", refused(r), "hikvision")
        for r in ("IP Dome(C1234)", "DS-2CD2032-I", "Embedded Net DVR", "4419B6A1B2C3")
    ),
    ("http", http("Server: App-webs/", 'ETag: "7d4"', "Content-Type: text/html; charset=utf-8"), "hikvision"),
    ("http", http(body="<ResponseStatus xmlns='http://www.hikvision.com/ver20/XMLSchema'>"), "hikvision"),
    ("http", http(body='<ResponseStatus version="1.0" xmlns="http://www.std-cgi.com/ver20/XMLSchema">'), "hikvision"),
    ("http", http("CONTENT-LENGTH: 1", "CONNECTION: close", 'P3P: CP="CAO PSA OUR"'), "dahua"),
    ("http", http("CONNECTION: close", 'Etag: "1:2f"', "CONTENT-LENGTH: 1", "CONTENT-TYPE: text/html"), "dahua"),
    ("http", refused("Device_CGI"), "dahua"),
    ("rpc2", '{"id":10000,"params":null,"result":true,"session":100385023}', "dahua"),
    ("magicbox", "class=NVR", "dahua"),
    ("magicbox", "type=31", "dahua"),
    ("tls", "subject=CN=1\nissuer=CN=Hikvision Device CA", "hikvision"),
    ("tls", "subject=CN=1\nissuer=O=Dahua", "dahua"),
    ("tls", "subject=CN=1\nissuer=CN=Dahua Device Security CA", "dahua"),
    ("snmp", "1.3.6.1.2.1.1.1.0|4|DHI-NVR4216", "dahua"),
]


@pytest.mark.parametrize(("protocol", "data", "vendor"), TARGETS)
def test_a_sign_names_the_maker(protocol: str, data: str, vendor: str) -> None:
    assert judged(protocol, data).vendor == vendor


@pytest.mark.parametrize(
    ("word", "brand"),
    [
        ("Dahua", "dahua"),
        ("CPPLUS", "cp-plus"),
        ("KBVision", "kbvision"),
        ("RVi", "rvi"),
        ("IC Realtime", "ic-realtime"),
        ("FLIR", "flir"),
        ("Q-See", "q-see"),
        ("Montavue", "montavue"),
        ("Honeywell", "honeywell"),
        ("EZIP", "ez-ip"),
        ("AC", "amcrest"),
        ("General", None),
        ("Private", None),
    ],
)
def test_a_brand_has_one_name_whatever_asks_for_it(word: str, brand: str | None) -> None:
    answers = [
        judged("magicbox", f"vendor={word}"),
        judged("rpc2", json.dumps({"params": {"Vendor": word}, "session": 1})),
    ]
    assert {(device.vendor, device.brand) for device in answers} == {("dahua", brand)}


SNMP = "1.3.6.1.4.1.39165.1.1.0|4|I91BM\n1.3.6.1.4.1.39165.1.3.0|4|V5.5.800 build 210628"


@pytest.mark.parametrize(
    ("protocol", "data", "model", "firmware"),
    [
        ("snmp", SNMP, "I91BM", "V5.5.800"),
        ("magicbox", "type=IP8M-2496EW\nversion=2.631.0000000.16.T,build:2021", "IP8M-2496EW", "2.631.0000000.16.T"),
        ("isapi", device_info("v1.0.1"), "X-1", "v1.0.1"),
        ("isapi", device_info("V5.7.3_R0101"), "X-1", "V5.7.3_R0101"),
        ("sadp", inquired("5.2.0"), "X-1", "5.2.0"),
        ("sadp", inquired("v2.0.0build 180101"), "X-1", "v2.0.0"),
    ],
)
def test_model_and_firmware_keep_the_device_s_own_form(protocol: str, data: str, model: str, firmware: str) -> None:
    device = judged(protocol, data)
    assert (device.model, device.firmware) == (model, firmware)
