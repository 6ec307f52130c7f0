"""Replaces what is private in the replies of one device by stand-ins, in every form in which it may stand there.

Replies of several protocols are redacted together: a serial seen in one of them is the same stand-in in all. Every
stand-in has the length of the original, so that headers, labels and framing stay true. The forms are those of
`spelling`, as they stand and inside base64, hex digits, chunks and certificates. Where that cannot be done the reply
is refused, which costs the reply and nothing else.
"""

import base64
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from camscan.probe import Protocol
from camscan.reply import Fields, Reply
from camscan.report.chunked import framed, framing, without
from camscan.report.disguise import Disguise
from camscan.report.identifiers import addresses, identifiers, is_private
from camscan.report.private import FACTORY, Kind, Private
from camscan.report.recertify import recertify
from camscan.report.remains import WORD, Remains
from camscan.report.spelling import forms, plain, spelled
from camscan.report.substitution import Substitution

ITEMS_LIMIT = 2_000  # identifiers of one reply; one that names more is a list of others, and no capture

_RUN = re.compile(r"[^\W_]+")
_PEM = re.compile(rb"(-----BEGIN CERTIFICATE-----)([A-Za-z0-9+/=\s]+)(-----END CERTIFICATE-----)")
_SEALED = re.compile(rb"-----BEGIN [A-Z0-9 ]{1,40}-----(?:\\+[rn]|[\s\"'+\\]){0,16}[A-Za-z0-9+/]{40}")
_NUMBERS = ("serial", "MAC", "UUID", "address", "IPv6 address")
_PACKED = re.compile(rb"(?im)^[ \t]*content-encoding[ \t]*:[ \t]*(?!identity)\S")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{12,}={0,2}")
_HEX = re.compile(rb"(?:[0-9A-F]{2}){8,}|(?:[0-9a-f]{2}){8,}")
_CHANGING = re.compile(
    rb'(\b(?:nonce|opaque|cnonce|random|session|[a-z]{0,2}session_?id)"?\s{0,8}[=:]\s{0,8}"?|'
    rb'token"?\s{0,8}[=:]\s{0,8}"?(?=[A-Za-z_.-]{0,64}[0-9])|^set-cookie:[ \t]{0,8}[^=;\r\n]{1,64}=)'
    rb"([0-9A-Za-z+/=_.-]{4,})|()\b(eyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_.-]{4,})",
    re.IGNORECASE | re.MULTILINE,
)


class RefusedError(ValueError):
    """Why a reply cannot be redacted."""


@dataclass(slots=True, kw_only=True)
class Redaction:
    """The stand-ins for everything private in some replies. `keep`: texts that are evidence and stay as they are."""

    disguise: Disguise
    keep: frozenset[str]
    counts: Counter[str] = field(default_factory=Counter)
    _stand_ins: dict[Private, str] = field(default_factory=dict)
    _in_place: set[str] = field(default_factory=set)
    _crowded: set[bytes] = field(default_factory=set)
    _forms: Substitution = field(default_factory=lambda: Substitution((), (), b""))
    _remains: Remains | None = None

    def learn(self, replies: Iterable[Reply], protocols: Mapping[str, Protocol]) -> None:
        """Notes what is private in these replies; to be called once, with all replies of the device."""
        replies = list(replies)
        items = dict.fromkeys(item for reply in replies for item in self._items(reply, protocols))
        known = set(addresses(replies, protocols))
        self.keep = FACTORY | {text for text in self.keep if not is_private(text, known)}
        self.disguise.avoid |= {item.text for item in items if item.kind == "address"}
        numbers, names = [i for i in items if i.kind in _NUMBERS], [i for i in items if i.kind not in _NUMBERS]
        for item in sorted(numbers, key=lambda item: item.kind != "MAC"):  # a UUID may end in a MAC
            self._stand_ins[item] = self._number(item)
        inner = self._substitution(b"\n".join(item.text.encode("utf-8", "replace") for item in names))
        for item in (*names, *(Private("name", word) for word in self._words(names))):
            self._stand_ins[item] = self._name(item.text, inner)
        self._forms = self._substitution(
            b"\n".join(part for reply in replies for part in (reply.request.encode(), *_parts(reply.data)))
        )

    def _items(self, reply: Reply, protocols: Mapping[str, Protocol]) -> Iterable[Private]:
        """What is private in one reply; nothing where there is too much, and the reply will be refused."""
        items: dict[Private, None] = {}
        for item in identifiers(reply, protocols):
            items[item] = None
            if len(items) > ITEMS_LIMIT:
                self._crowded.add(reply.data)
                return ()
        return items

    def _words(self, names: Iterable[Private]) -> list[str]:
        """The words of names that say by themselves whose the device is, and two of them written together."""
        kept = {run.casefold() for text in self.keep for run in _RUN.findall(text)}
        rows = {tuple(_RUN.findall(item.text)) for item in names if item.kind == "name"}
        owners = {w for row in rows for w in row if (len(w) >= WORD or not w.isascii()) and w.casefold() not in kept}
        owners = {word for word in owners if not self.disguise.is_known(word)}
        pairs = {one + other for row in rows for one, other in pairwise(row) if {one, other} <= owners}
        return sorted(owners | pairs)

    def _number(self, item: Private) -> str:
        if item.kind == "MAC":
            return spelled(self.disguise.mac(plain(item.text)), item.text)
        makers: dict[str, Callable[[str], str]] = {
            "serial": self.disguise.number,
            "UUID": self.disguise.uuid,
            "address": self.disguise.address,
            "IPv6 address": self.disguise.address6,
        }
        return makers[item.kind](item.text)

    def _name(self, text: str, inner: Substitution) -> str:
        """The words of a name that are neither evidence nor already replaced as something else."""
        return inner.around(text.encode("utf-8", "replace"), self.disguise.words)

    def _substitution(self, over: bytes) -> Substitution:
        """Of what has a stand-in by now."""
        changed = ((item, new) for item, new in self._stand_ins.items() if item.text not in (new, *self.keep))
        return Substitution(((form, item.kind) for item, new in changed for form in forms(item, new)), self.keep, over)

    def redact(self, data: bytes) -> bytes:
        """The bytes with every stand-in in place; as long as before. Raises `RefusedError` where that cannot be."""
        if data in self._crowded:
            raise RefusedError(f"it names more than {ITEMS_LIMIT:,} identifiers")
        spans = framing(data)
        return framed(self._redacted(without(data, spans)), data, spans)

    def redact_text(self, text: str) -> str:
        """The same for text of ours, such as the name of a request."""
        return self.redact(text.encode()).decode("utf-8", "replace")

    def _redacted(self, data: bytes) -> bytes:
        head, _, body = data.partition(b"\r\n\r\n")
        if body and _PACKED.search(head):
            raise RefusedError("its body is compressed")
        if len(_SEALED.findall(data)) != len(_PEM.findall(data)):
            raise RefusedError("it holds a key, or a certificate that cannot be made anew")
        data = _CHANGING.sub(self._changing, _PEM.sub(self._certificate, data))
        return self._swap(_BASE64.sub(self._in_base64, _HEX.sub(self._in_hex, data)))

    def _swap(self, data: bytes) -> bytes:
        return self._forms.apply(data, self.counts)

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
        lead, old = match[1] or b"", match[2] or match[4]
        new = self.disguise.secret(old.decode())
        self._in_place.add(new)
        self.counts["nonce or session"] += 1
        return lead + new.encode()

    def _certificate(self, match: re.Match[bytes]) -> bytes:
        try:
            der = base64.b64decode(b"".join(match[2].split()), validate=True)
            new = recertify(der, self.disguise.octets, self._texts, lambda d: self._forms.apply(d, self.counts, True))
        except ValueError:
            raise RefusedError("it holds a certificate that cannot be made anew") from None
        self.counts["certificate"] += 1
        letters = iter(base64.b64encode(new))
        return match[1] + bytes(o if o in b" \t\r\n" else next(letters) for o in match[2]) + match[3]

    def _texts(self, octets: bytes) -> bytes:
        """The words of an extension, which nothing but our eyes would find."""
        new = self.disguise.words(octets.decode("utf-8", "surrogateescape"))
        self._in_place.add(new.encode("utf-8", "surrogateescape").decode("latin-1"))
        return new.encode("utf-8", "surrogateescape")

    def leftovers(self, data: bytes, fields: Fields, said: str = "") -> list[Kind]:
        """What of the originals still stands in redacted bytes, in the fields read from them or in what is said of
        them: nothing, unless in a form that is not known here."""
        if self._remains is None:
            changed = [item for item, new in self._stand_ins.items() if item.text not in (new, *self.keep)]
            words = [item.text for item in changed if item.kind == "name" and _RUN.fullmatch(item.text)]
            self._remains = Remains(changed, words, {*self._stand_ins.values(), *self.keep}, self.disguise.is_known)
        for text in self._in_place:
            self._remains.allow(text)
        return sorted(set(self._remains.kinds(data, fields, said)))


def _parts(data: bytes) -> Iterator[bytes]:
    """The bytes in which something will be replaced."""
    data = without(data, framing(data))
    yield data
    yield from (bytes.fromhex(digits.decode()) for digits in _HEX.findall(data))
    for letters in (*_BASE64.findall(data), *(re.sub(rb"[=\s]", b"", m[1]) for m in _PEM.findall(data))):
        yield base64.b64decode(letters.rstrip(b"=") + b"A" * (-len(letters.rstrip(b"=")) % 4))
