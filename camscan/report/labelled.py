"""Finds what stands beside a label that says whose it is: `ssid=…`, `"userName": "…"`, `<latitude>…`, `value="…"`.

The rule: the labels are one table, and one tolerant grammar reads them in every notation: JSON, XML, scripts, forms,
queries, configuration lines, SDP (RFC 8866). A label that other words lead (`table.WLan.eth2.SSID`, `wifiSSID`) counts
where it is long enough to mean nothing else.
"""

import re
from collections.abc import Iterator
from typing import Literal

Label = Literal["name", "account or place", "serial"]
Labelled = tuple[Label, str]

_LED: dict[Label, str] = {
    "name": "devicename channelname cameraname channeltitle channeltitlename machinename"
    " friendlyname hostname sysname systemname sitename displayname nickname",
    "account or place": """
        ssid psk passphrase password passwd username loginname adminname accountname phone phonenumber telephone mobile
        mobilenumber email latitude longitude imei imsi iccid verificationcode verifycode ezvizcode safecode
        customizedinfo custominfo department devicelocation syslocation systemlocation contact owner company
        organization organisation geoposition domainname ddns""",
    "serial": "deviceid serialnumber serialno uniqueidentifier cloudid p2pid clientid",
}
"""Labels that may have other words before them, in small letters without separators."""

_ALONE: dict[Label, str] = {
    "name": "host site building department customer",
    "account or place": """
        user login account operator lat lng lon tel fax mail city street floor room domain pwd alias postcode zip
        location coordinates gps""",
    "serial": "sn uid serial mac",
}
"""Labels that count only as the last whole word."""

_LED_KINDS = {label: kind for kind, labels in _LED.items() for label in labels.split()}
_ALONE_KINDS = {label: kind for kind, labels in _ALONE.items() for label in labels.split()}

_CODE = re.compile(
    r"(?i)true|false|null|none|undefined|this|new|function|return|var|text|password|hidden|string|number|object|[\W_]+"
    r"|(?:document|window|this|self|parent|top|\$\w*)\..*|(?:[a-z]{2,8}:/)?/.*"
)
"""Values that are code or a path, or say that there is none."""

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_PAIR = re.compile(
    r"(?<![\w.\[\]-])((?:[A-Za-z]\w{1,20} )?[A-Za-z][\w.\[\]-]{1,80})\\*[\"']?[ \t]{0,8}[:=][ \t]{0,8}"
    r"(?=(?P<esc>\\+)?([\"'`])((?:(?!\3)[^<>\r\n\\]|(?(esc)(?!)|\\[^ux0-9])){2,128})|([^\s\"'<>&;,(){}\[\]\\]{2,128}+)(?![(\[]))"
)
_LINE = re.compile(r"(?m)^[ \t]{0,8}([A-Za-z][\w.\[\] /-]{1,80}?)[ \t]{0,8}[:=][ \t]{0,8}([^\r\n<>\"(){};]{2,128})\r?$")
_ELEMENT = re.compile(r"<([A-Za-z][\w:.-]{1,80})(?:\s[^<>]{0,400})?>\s{0,8}(?=([^<>\r\n]{2,128}))")
_FIELD = re.compile(r"<[A-Za-z]{1,16}\s([^<>]{1,600})>")
_ATTRIBUTE = re.compile(r"([\w:-]{1,40})\s?=\s?\\*(?:\"([^\"]{0,128})|'([^']{0,128})|([^\s\"'>]{1,128}))")
_CELL = re.compile(
    r">\s{0,8}([A-Za-z][\w .-]{1,40}):?\s{0,8}</\w{1,10}>\s{0,8}(?:<[^<>]{1,100}>\s{0,8}){1,3}(?=([^<>\r\n]{2,128}))"
)
_SYSTEM = re.compile(
    r"\b1\.3\.6\.1\.2\.1\.1\.[456]\.0\|[^|\r\n]{0,32}\|([^\r\n]{2,128})"
)  # SNMP: contact, name, location
_LOGIN = re.compile(r"://([^/@\s\"'<>]{1,128})@")
_SDP = re.compile(r"(?m)^(?:[iuep]=([^\r\n]{2,128})|o=(\S{2,64}) )")


def labelled(text: str) -> Iterator[Labelled]:
    """Every value beside such a label, with repeats, and what it is."""
    for key, value in _pairs(text):
        kind = kind_of(key)
        if kind and not _CODE.fullmatch(value.strip(" \\")):
            yield kind, value.strip(" \\")
    yield from (("account or place", part) for login in _LOGIN.findall(text) for part in login.split(":") if part)
    yield from (("name", value) for value in _SYSTEM.findall(text))
    if "v=0" in text:
        yield from (("name", one or other) for one, other in _SDP.findall(text))


def kind_of(label: str) -> Label | None:
    """What stands beside this label; None where it is nobody's."""
    words = _WORD.findall(label)
    if words and (kind := _ALONE_KINDS.get(words[-1].lower())):
        return kind
    plain = re.sub(r"\[\d*\]|[^a-z0-9]", "", label.lower())
    return next((kind for known, kind in _LED_KINDS.items() if plain.endswith(known)), None)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    yield from ((m[1], m[4] or m[5]) for m in _PAIR.finditer(text))
    yield from _LINE.findall(text)
    yield from _ELEMENT.findall(text)
    yield from _CELL.findall(text)
    for attributes in _FIELD.findall(text):
        found = {name.lower(): a or b or c for name, a, b, c in _ATTRIBUTE.findall(attributes)}
        value = found.get("value") or found.get("content")
        yield from ((found[name], value) for name in ("name", "id", "property") if value and name in found)
