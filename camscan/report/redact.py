"""Replaces what is private in the replies of one device by stand-ins, in every form in which it may stand there.

Replies of several protocols are redacted together: a serial seen in one of them is the same stand-in in all. Every
stand-in has the length of the original, so that headers, labels and framing stay true. Forms: as it is, lower and upper
case, percent-encoded, escaped for XML and JSON, UTF-16, GB 18030, Latin-1, octets, DNS labels; and all of these inside
base64, hex digits and certificates.
"""

import base64
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address

from camscan.model import Fields, Reply
from camscan.probe import Protocol
from camscan.protocols.reading import read
from camscan.report.disguise import Disguise
from camscan.report.private import FACTORY, Private, find, views
from camscan.report.recertify import recertify
from camscan.report.spelling import SURE, bounded, forms, plain, spelled

_WORD = 4  # characters; a shorter word of a name is replaced only together with the others
_PEM = re.compile(rb"(-----BEGIN CERTIFICATE-----)([A-Za-z0-9+/=\s]+)(-----END CERTIFICATE-----)")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{12,}={0,2}")
_HEX = re.compile(rb"(?:[0-9A-F]{2}){8,}|(?:[0-9a-f]{2}){8,}")
_CHANGING = re.compile(
    rb'(\b(?:nonce|opaque|cnonce|random|session|sessionid)"?\s*[=:]\s*"?|'
    rb"^set-cookie:[ \t]*[^=;\r\n]{1,64}=)([0-9A-Za-z+/=_.-]{4,})",
    re.IGNORECASE | re.MULTILINE,
)
_OWNERS = re.compile(
    rb"(\b(?:(?:e|w)?ssid|psk|passphrase|password|user_?name|phone(?:_?number)?|mobile|telephone|owner|contact|latitude"
    rb"|longitude|imei|imsi|iccid|verification_?code)"
    rb"(?:\"\s*:\s*\"|>|\s?=\s?\"))([^\"<>\r\n]{2,128})",
    re.IGNORECASE,
)
_LOGIN = re.compile(rb"(://)([^/@\s\"'<>]{1,128})(?=@)")

GENERIC = frozenset(
    """
    alarm and authorized bad browser camera card cctv central china city client config configuration configurator
    country device digital document dome door doorbell dvr embedded encoder error forbidden found for gateway hangzhou
    hcvr hdcvi home http https index internet intercom ipc ipcam lan live local localhost login main media model monitor
    moved net network not nvr nvs office onvif page presentation ptz ready recorder request router rtsp security server
    service session shenzhen station stream streaming surveillance switch system temporarily the type unauthorized
    unknown video view viewer wan web webs welcome wifi xvr zhejiang
    """.split()  # noqa: SIM905
)
"""Words on every such device, besides those that the fingerprints look for; places are those of the makers."""


@dataclass(slots=True, kw_only=True)
class Redaction:
    """The stand-ins for everything private in some replies. `keep`: texts that are evidence and stay as they are."""

    disguise: Disguise
    keep: frozenset[str]
    counts: Counter[str] = field(default_factory=Counter)
    found: dict[str, Private] = field(default_factory=dict)
    _forms: dict[bytes, tuple[bytes, str, bytes]] = field(default_factory=dict)  # old → new, kind, its pattern

    def learn(self, replies: Iterable[Reply], protocols: Mapping[str, Protocol]) -> None:
        """Notes what is private in these replies; to be called once, with all replies of the device."""
        self.keep |= FACTORY
        replies = list(replies)
        items = [item for reply in replies for item in _private(reply, protocols)]
        self.disguise.avoid |= {item.text for item in items if item.kind == "address"}
        for item in sorted((i for i in items if i.kind != "name"), key=lambda i: i.kind != "MAC"):
            self._note(item)
        for item in (i for i in items if i.kind == "name"):
            spelled_so = self._note(item)
            if spelled_so and not any(form in reply.data for form in spelled_so for reply in replies):
                words = (word for word in item.text.split() if len(word) >= _WORD)
                for word in words:  # the codec put the name together from pieces
                    self._note(Private("name", word))

    def _note(self, item: Private) -> list[bytes]:
        """The forms of a text that is to be replaced; none where it may stay."""
        if item.text in self.keep or item.text in self.found:
            return []
        stand_in = self._stand_in(item)
        if stand_in == item.text:
            return []
        self.found[item.text] = item
        pairs = list(forms(item, stand_in))
        for old, new in pairs:
            self._forms.setdefault(old, (new, item.kind, bounded(item, old)))
        return [old for old, _ in pairs]

    def _stand_in(self, item: Private) -> str:
        if item.kind == "MAC":
            return spelled(self.disguise.mac(plain(item.text)), item.text)
        makers: dict[str, Callable[[str], str]] = {
            "serial": self.disguise.number,
            "UUID": self.disguise.uuid,
            "address": self.disguise.address,
            "IPv6 address": self.disguise.address6,
        }
        return makers.get(item.kind, self._name)(item.text)

    def _name(self, text: str) -> str:
        """The words of a name that are neither evidence nor already replaced as something else."""
        pattern = self._pattern(text.encode())
        if pattern is None:
            return self.disguise.words(text)
        pieces, last = [], 0
        data = text.encode()
        for match in pattern.finditer(data):
            pieces += [self.disguise.words(data[last : match.start()].decode("utf-8", "replace")), self._new(match[0])]
            last = match.end()
        return "".join((*pieces, self.disguise.words(data[last:].decode("utf-8", "replace"))))

    def _new(self, old: bytes) -> str:
        return self._forms.get(old, (old, "", b""))[0].decode("utf-8", "replace")

    def _pattern(self, data: bytes, anywhere: bool = False) -> re.Pattern[bytes] | None:
        """What stands in these bytes of all there is to replace or to keep, longest first."""
        present = {o: re.escape(o) if anywhere else pattern for o, (_, _, pattern) in self._forms.items() if o in data}
        kept = {text.encode(): re.escape(text.encode()) for text in self.keep if text.encode() in data}
        both = sorted((present | kept).items(), key=lambda pair: -len(pair[0]))
        return re.compile(b"|".join(pattern for _, pattern in both)) if both else None

    def redact(self, data: bytes) -> bytes:
        """The bytes with every stand-in in place; as long as before."""
        data = _PEM.sub(self._certificate, data)
        data = _CHANGING.sub(self._changing, data)
        data = _OWNERS.sub(self._owners, data)
        data = _LOGIN.sub(lambda m: m[1] + self._counted("account", m[2], self.disguise.words), data)
        return self._swap(_BASE64.sub(self._in_base64, _HEX.sub(self._in_hex, data)))

    def redact_text(self, text: str) -> str:
        """The same for text of ours, such as the name of a request."""
        return self.redact(text.encode()).decode("utf-8", "replace")

    def _swap_anywhere(self, data: bytes) -> bytes:
        """In DER the octet beside a text may be any letter or digit."""
        pattern = self._pattern(data, anywhere=True)
        return pattern.sub(self._stand_in_of, data) if pattern else data

    def _swap(self, data: bytes) -> bytes:
        pattern = self._pattern(data)
        return pattern.sub(self._stand_in_of, data) if pattern else data

    def _stand_in_of(self, match: re.Match[bytes]) -> bytes:
        if match[0] not in self._forms:
            return match[0]
        new, kind, _ = self._forms[match[0]]
        self.counts[kind] += 1
        return new

    def _in_base64(self, match: re.Match[bytes]) -> bytes:
        try:
            inner = base64.b64decode(match[0], validate=True)
        except ValueError:
            return match[0]
        return base64.b64encode(self._swap(inner)) if base64.b64encode(inner) == match[0] else match[0]

    def _in_hex(self, match: re.Match[bytes]) -> bytes:
        inner = bytes.fromhex(match[0].decode())
        swapped = self._swap(inner)
        if swapped == inner:
            return match[0]
        return swapped.hex().encode() if match[0].islower() else swapped.hex().upper().encode()

    def _changing(self, match: re.Match[bytes]) -> bytes:
        return match[1] + self._counted("nonce or session", match[2], self.disguise.number)

    def _owners(self, match: re.Match[bytes]) -> bytes:
        return match[1] + self._counted("account or place", match[2], self.disguise.words)

    def _counted(self, kind: str, old: bytes, change: Callable[[str], str]) -> bytes:
        text = old.decode("utf-8", "surrogateescape")
        if text.casefold() in ("true", "false", "null", "none"):
            return old
        new = change(text).encode("utf-8", "surrogateescape")
        self.counts[kind] += new != old
        return new

    def _certificate(self, match: re.Match[bytes]) -> bytes:
        try:
            der = base64.b64decode(b"".join(match[2].split()), validate=True)
            new = recertify(der, self.disguise.octets, self._swap_anywhere)
        except ValueError:
            return match[0]  # the codec reads none either, and a reply without fields becomes no capture
        self.counts["certificate"] += 1
        letters = iter(base64.b64encode(new))
        return match[1] + bytes(o if o in b" \t\r\n" else next(letters) for o in match[2]) + match[3]

    def leftovers(self, data: bytes) -> Iterator[Private]:
        """What of the originals still stands in redacted bytes: nothing, unless a form of it is not known here."""
        seen = [view.lower() for view in views(data)]
        for text, item in self.found.items():
            pattern = re.compile(bounded(item, text.lower().encode()))
            if len(text) >= SURE and any(pattern.search(view) for view in seen):
                yield item


def _private(reply: Reply, protocols: Mapping[str, Protocol]) -> Iterator[Private]:
    """What is private in one reply; where its text is not UTF-8 it is also read as GB 18030, which devices write."""
    yield Private("address" if ":" not in reply.address else "IPv6 address", reply.address.partition("%")[0])
    for item in find(reply.data, _fields(reply, protocols, reply.data)):
        yield from _as_spelled(item, reply.data)
    if reply.protocol == "arp":
        yield from _of_frame(reply.data)
    try:
        reply.data.decode()
    except UnicodeDecodeError:
        yield from find(b"", _fields(reply, protocols, reply.data.decode("gb18030", "replace").encode()))


def _as_spelled(item: Private, data: bytes) -> Iterator[Private]:
    """The text, and as the bytes spell it where the codec changed its case."""
    yield item
    text = data.decode("utf-8", "replace")
    if item.text not in text:
        spelled_so = re.findall(re.escape(item.text), text, re.IGNORECASE)
        yield from (Private(item.kind, other) for other in dict.fromkeys(spelled_so))


def _fields(reply: Reply, protocols: Mapping[str, Protocol], data: bytes) -> Fields:
    return read(protocols[reply.protocol], data).fields if reply.protocol in protocols else {}


def _of_frame(data: bytes) -> Iterator[Private]:
    """An ARP reply names the asker too, in the last 10 octets of its 28."""
    start = data.find(bytes.fromhex("000108000604"))
    if start >= 0 and len(data) >= start + 28:
        yield Private("MAC", data[start + 18 : start + 24].hex(":"))
        yield Private("address", str(ip_address(data[start + 24 : start + 28])))
