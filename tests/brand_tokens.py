"""Whether a recorded reply names the brand its device is sold under; what it does not name cannot be read from it.

Judged without the fingerprints, which are what is measured: the name as the vocabulary spells it, or a token that only
the brand uses, as documents of the brands show it. What the maker's own base model says (`updateSerial`) is no brand.
"""

import re
from functools import cache

from camscan.datafile import default_directory
from camscan.identify.vocabulary import Vocabulary, load_vocabulary
from camscan.reply import Reply

SHORTEST_NAME = 3  # letters: `AC` or `XM` stand in any text

TOKENS = {
    "amcrest": r"\.00AC0|\.AC0\d\.|\bvendor=AC\b|\bAM[CR][0-9A-Z]{14,15}\b|\bIP\d{1,2}M-|\bAD[14]10\b",
    "lorex": r"\.030000000\.|\bND\d{12}\b|\bLN[BER]\d{3}",
    "intelbras": r"\.00IB\d|\binterbras|\bVIPC?[ _-]\d{4}|\biMX?-|\bMHDX|\bSS[ _-]\d{4}[ _-]MF",
    "imou": r"\.10IM\d|\bDB6[01]i\b|\bIPC-(?:[ACG]\d[26]|K\d[26]|S7)",
    "ez-ip": r"\bEZIP|\bIPC-[BDT]\d[A-Z]\d0\b",
    "bcs": r"\.106F\d|\bBCS-",
    "cp-plus": r"\bCP-U[NVAC]|\bcpplus",
    "ezviz": r"\bCS-[A-Z]{1,3}\d",
    "hiwatch": r"\bHW[INDP]-|\bDS-[IHNT]\d{3}",
    "hilook": r"\bIPC-[BCDPTV]\d{3}H?A?\b|\b(?:HL-)?[ND]VR-[12]\d{2}",
    "hikvision": r"\bi?DS-(?:2|K|[6-9]\d{3}|TC)",
    "dahua": r"\bDHI?-[A-Z]",
    "annke": r"\bI[5-9]1[A-Z]{2}\b|\bC[58]00\b",
    "truvision": r"\bInterlogix-Webs|\bTV[BDNPW]-?\d{4}",
    "risco-vupoint": r"\bRV(?:CM\d|NVR)",
    "lt-security": r"\bCMIP\d",
}
"""What only the brand uses, where its name is not spelled out: firmware codes, serials, model numbers."""

_MAKERS_OWN = re.compile(r"updateSerial\w*[\x22']?\s*[=:][^\r\n,}]*")


def names_brand(reply: Reply, brand: str) -> bool:
    """Whether the bytes of the reply name this brand, given by id or name."""
    vocabulary = _vocabulary()
    identity = vocabulary.brand_id(brand)
    text = _MAKERS_OWN.sub("", reply.data.decode("utf-8", "replace").replace("%20", " "))
    if identity is None:
        return brand.casefold() in text.casefold()
    spelled = (name for name, owner in vocabulary.brand_names.items() if owner == identity)
    patterns = [_spelled(name) for name in spelled if len(name) >= SHORTEST_NAME]
    token = TOKENS.get(identity)
    return any(p.search(text) for p in patterns) or bool(token and re.search(token, text))


def _spelled(name: str) -> re.Pattern[str]:
    """The folded name with any punctuation between its letters, as a word of its own."""
    return re.compile(r"(?<![a-z0-9])" + r"[\W_]?".join(map(re.escape, name)) + r"(?![a-z])", re.IGNORECASE)


@cache
def _vocabulary() -> Vocabulary:
    return load_vocabulary(default_directory() / "vendors.toml")
