"""What is done with a text of a report, by what it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """`KEEP`: a word of the program or its data. `VALUE`: what a device says of its kind: stays, without what
    identifies it. `TEXT`: a sentence in which only known words stay. `HIDE`: what a person wrote. `IDS`: an id of a
    finding or policy, which an owner may have made up. The others are what gets a stand-in."""

    KEEP = "keep"
    VALUE = "value"
    TEXT = "text"
    HIDE = "remark"
    IDS = "policy"
    ADDRESS = "address"
    ADDRESSES = "addresses"
    NETWORK = "network"
    SERIAL = "serial"
    MAC = "MAC"
    UUID = "UUID"
    DEVICE = "device id"
    DISTRICT = "district"
    SITE = "site"
    BUILDING = "building"
    ROOM = "room"
    TAG = "tag"
    TAGS = "tags"
    PERSON = "person"
    VANTAGE = "vantage"
    INTERFACE = "interface"
    SCAN = "scan id"
    PLACE = "inventory"
    TITLE = "title"
    NAME = "name"


NUMBERS = (Rule.ADDRESS, Rule.MAC, Rule.UUID, Rule.SERIAL, Rule.DEVICE)
"""Identifiers, of which capital and small letters are one."""

NAMES = (
    Rule.DISTRICT, Rule.SITE, Rule.BUILDING, Rule.ROOM, Rule.TAG, Rule.PERSON, Rule.VANTAGE, Rule.INTERFACE,
    Rule.SCAN, Rule.PLACE, Rule.TITLE, Rule.NAME,
)  # fmt: skip
"""Words that an owner chose."""


@dataclass(frozen=True, slots=True)
class By:
    """The rule depends on another field of the same record: its `field`, the rules by what stands there, and else."""

    field: str
    rules: Mapping[str, Rule]
    otherwise: Rule


@dataclass(frozen=True, slots=True)
class Keyed:
    """A mapping in which each value has the rule of its key."""

    rules: Mapping[str, Rule]
    otherwise: Rule


Treatment = Rule | By | Keyed
