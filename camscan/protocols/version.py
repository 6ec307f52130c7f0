"""Splits a firmware version from the build that devices write into the same text.

Both makers put `build` after the version, each model with its own spacing and punctuation; some firmware writes the
six digits of its build without the word. Forms as published in the makers' release notes and in replies their owners
shared.
"""

import re

VERSION_LIMIT = 128  # characters; the longest version with its build has 45

_BUILD = re.compile(r"[\s,_]*build(?:\s*date)?\s*[:=]?\s*(\d{4}-\d{2}-\d{2}|\d{6,8})?", re.IGNORECASE)
_BARE_BUILD = re.compile(r"(V?\d+(?:\.\d+){1,3})_(\d{6})", re.IGNORECASE)


def split_version(text: str) -> tuple[str, str]:
    """(firmware, build): `V5.5.31 build 180903`, `V5.5.31build180903`, `V5.5.31_180903` → (`V5.5.31`, `build 180903`).

    A build of six to eight digits keeps the word, a date stands alone (`2021-07-08`); '' where there is none, or none
    that can be read.
    """
    text = " ".join(text[:VERSION_LIMIT].split())
    found = _BUILD.search(text)
    firmware, build = (text[: found.start()], found[1] or "") if found else (text, "")
    bare = _BARE_BUILD.fullmatch(firmware)
    if bare and build in ("", bare[2]):
        firmware, build = bare.groups()
    return firmware, f"build {build}" if build.isdigit() else build
