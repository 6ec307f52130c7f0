"""The one place where XML of a device is parsed: bounded, no doctype, no entities, no network; namespaces ignored.

Devices put the same element under several namespaces, or under a prefix they never declare, so elements are found by
local name. Follows the hardening advice of the lxml FAQ and the Python documentation ("XML vulnerabilities").
"""

import re
from collections.abc import Iterator

from lxml import etree

from camscan.errors import DecodeError

XML_LIMIT = 256 * 1024  # bytes; the longest deviceInfo or description seen is 20 kB
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def parse_xml(data: bytes) -> etree._Element:
    """The root element of a document or fragment. Raises `DecodeError` if there is none, or if it has a doctype."""
    start = data.find(b"<")
    if start < 0 or len(data) > XML_LIMIT:
        raise DecodeError("no XML" if start < 0 else f"XML longer than {XML_LIMIT} bytes")
    if _DOCTYPE.search(data):
        raise DecodeError("XML with a doctype or an entity is refused")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(data[start:].rstrip(b"\0 \r\n"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DecodeError(f"not XML: {error}") from None
    if root is None:
        raise DecodeError("not XML")
    return root


def local_name(element: etree._Element) -> str:
    """The name without namespace or prefix; empty for comments and processing instructions."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


def elements(root: etree._Element) -> Iterator[tuple[str, str, str]]:
    """(local name, text, local name of the parent) of every element in document order; text is '' where none."""
    for element in root.iter():
        name = local_name(element)
        parent = element.getparent()
        if name:
            yield name, text_of(element), local_name(parent) if parent is not None else ""


def text_of(element: etree._Element) -> str:
    """The text before its first child, stripped. Raises `DecodeError` where a reference names no character."""
    try:
        return (element.text or "").strip()
    except UnicodeDecodeError:
        raise DecodeError("XML with a reference to half a surrogate pair") from None
