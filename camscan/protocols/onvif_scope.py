"""Reads ONVIF scopes, which a device gives in a discovery answer and in GetScopes alike.

A scope is `onvif://www.onvif.org/<category>/<value>`, percent-encoded; devices also send raw spaces, other spellings of
the category, and URIs of their own, which are kept whole. Follows the ONVIF core specification, section 7.3.2.2.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

_ONVIF = re.compile(r"onvif://www\.onvif\.org/([^/]*)/?(.*)", re.IGNORECASE | re.DOTALL)
_FIELDS = {"name": "scope_name", "hardware": "scope_hardware", "location": "scope_location", "mac": "scope_mac"}


def read_scopes(scopes: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(field, value) of every scope: scope_name, scope_hardware, scope_location, scope_mac, else scope_other."""
    for scope in scopes:
        text = unquote(scope.strip())
        match = _ONVIF.fullmatch(text)
        field = _FIELDS.get(match[1].lower()) if match else None
        if match is None or field is None:
            yield "scope_other", match[1] + "/" + match[2] if match else text
        else:
            yield field, match[2]
