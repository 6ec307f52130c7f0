"""Splits a firmware version from the build that devices write into the same text.

Both makers put `build` after the version, each model with its own spacing and punctuation. Forms as published in the
makers' release notes and in replies their owners shared.
"""

import re

VERSION_LIMIT = 128  # characters; the longest version with its build has 45

_BUILD = re.compile(r"[\s,]*build(?:\s*date)?\s*[:=]?\s*(\d{4}-\d{2}-\d{2}|\d{6,8})", re.IGNORECASE)


def split_version(text: str) -> tuple[str, str]:
    """(firmware, build): `V5.5.31 build 180903` → (`V5.5.31`, `build 180903`), as the maker writes it.

    A build of six to eight digits keeps the word (`build 180903`), a date stands alone (`2021-07-08`); '' where there
    is none.
    """
    text = " ".join(text[:VERSION_LIMIT].split())
    found = _BUILD.search(text)
    if not found:
        return text, ""
    return text[: found.start()], found[1] if "-" in found[1] else f"build {found[1]}"
