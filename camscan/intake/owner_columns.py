"""The head of an owner's list → what each column means, by the names that people give them in English, Danish and
German, or as the user says.

A name that could mean two things (`type`, `id`, `number`) means nothing until it is said; of two columns that mean the
same the first counts.
"""

from collections.abc import Iterator, Mapping, Sequence

from camscan.errors import UsageError
from camscan.reconciliation import MARKS, MEANINGS

SHOWN = 12  # names of columns in a message
NAME_LIMIT = 60  # characters of one

_NAMES: Mapping[str, str] = {
    "address": "address ip ipaddress ipaddr ipv4 ipv4address ipv6 ipv6address ipnumber netaddress networkaddress host "
    "ipadresse ipadr ipnummer adresse netværksadresse netzwerkadresse",
    "serial": "serial serialno serialnumber serialnr sn snr serienummer serienr seriennummer seriennr serialnummer "
    "deviceserial deviceserialno fabriknummer",
    "mac": "mac macaddress macaddr macadresse physicaladdress ethernetaddress hardwareaddress fysiskadresse",
    "name": "name devicename cameraname hostname label description designation navn kameranavn enhedsnavn beskrivelse "
    "betegnelse bezeichnung gerätename kameraname gerätebezeichnung beschreibung",
    "tag": "assettag asset assetid assetno assetnumber inventoryno inventorynumber inventorytag inventarnummer "
    "inventarnr aktivnummer aktivnr anlagennummer anlagennr anlægsnummer anlægsnr",
    "vendor": "vendor manufacturer make maker producer producent fabrikant hersteller leverandør fabrikat",
    "brand": "brand mærke marke tradename",
    "model": "model modelno modelnumber modelname modelnr modelnummer modell modellnummer modellbezeichnung partno "
    "partnumber typenbezeichnung typebetegnelse",
    "firmware": "firmware firmwareversion fw fwversion softwareversion",
    "kind": "kind devicetype devicekind category equipmenttype enhedstype kategori gerätetyp geräteart kategorie",
    "site": "site location place premises lokation placering sted adressenavn standort ort lokalitet",
    "building": "building bygning gebäude ejendom",
    "room": "room lokale rum raum zimmer",
}  # fmt: skip
_MEANING = {name: meaning for meaning, names in _NAMES.items() for name in names.split()}


def columns_of(
    name: str, head: Sequence[str], mapped: Mapping[str, str]
) -> tuple[dict[str, int], dict[str, str], tuple[str, ...]]:
    """The place of each meaning among the cells, the name of its column, and the names that are not used.

    `mapped` is meaning → name of a column, and goes before what names say. Raises `UsageError` where nothing that a
    device is known by is among them, or where a column that the user names is not.
    """
    places = {meaning: _named(name, head, column) for meaning, column in mapped.items()}
    for place, text in enumerate(head):
        meaning = _MEANING.get(_folded(text))
        if meaning is not None and place not in places.values():
            places.setdefault(meaning, place)
    if not places.keys() & set(MARKS):
        raise UsageError(
            f"{name}: no column of addresses, serials or MACs is known among {_listed(head)}; "
            "name it, as in --map address=COLUMN"
        )
    used = {meaning: head[place] for meaning, place in places.items()}
    return places, used, tuple(text for place, text in enumerate(head) if place not in places.values())


def parse_mapping(words: Sequence[str]) -> dict[str, str]:
    """`MEANING=COLUMN`, several. Raises `UsageError`."""
    found: dict[str, str] = {}
    for word in words:
        meaning, equals, column = word.partition("=")
        if not equals or not column.strip():
            raise UsageError(f"--map {word}: no MEANING=COLUMN, such as address=IP-adresse")
        if meaning.strip() not in MEANINGS:
            raise UsageError(f"--map {word}: no meaning {meaning}; there are {', '.join(MEANINGS)}")
        if meaning.strip() in found:
            raise UsageError(f"--map {word}: {meaning} is said twice")
        found[meaning.strip()] = column.strip()
    return found


def _named(name: str, head: Sequence[str], column: str) -> int:
    """The column of this very name, or else of one that differs in case, spaces and signs alone."""
    for spelled in (str, _folded):
        for place, text in enumerate(head):
            if spelled(text) == spelled(column):
                return place
    raise UsageError(f"--map: {name} has no column {column[:NAME_LIMIT]}; there are {_listed(head)}")


def _folded(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _listed(head: Sequence[str]) -> str:
    names = [text[:NAME_LIMIT] for text in head if text]
    return ", ".join(_shortened(names)) or "no names at all"


def _shortened(names: Sequence[str]) -> Iterator[str]:
    yield from names[:SHOWN]
    if len(names) > SHOWN:
        yield f"and {len(names) - SHOWN} more"
