"""The tables. What does not change costs nothing: values are kept as runs, from one scan to another, and an unchanged
device adds one row of two numbers (`sighting`) to a scan.

Scans are numbered in the order in which they were recorded. A run holds from the scan `since` until the scan `until`,
exclusive, and is open while that is null. Numbers are given out by the recorder, which is alone while it writes.
`migrations/` makes these tables; a test holds the two against each other.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
)

metadata = MetaData()

scan = Table(
    "scan",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("scan_id", String, nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("started", Float),
    Column("ended", Float),
    Column("recorded", Float, nullable=False),
    Column("scope", Text, nullable=False),  # JSON: the texts of ScanResult.scope
    Column("vantage", String),
    Column("partial", Boolean, nullable=False),
    Column("failure", Text),
    Column("complete", Boolean, nullable=False),
    Column("asked_ports", Text),  # JSON, null where it is not known which were tried
    Column("data", Text, nullable=False),  # JSON: the dates of the data judged by
    Column("tool_version", String, nullable=False),
)

coverage = Table(
    "coverage",
    metadata,
    Column("scan", Integer, ForeignKey("scan.number"), primary_key=True),
    Column("row", Integer, primary_key=True),
    Column("interface", String),
    Column("network", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("state", String, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("answered", Integer, nullable=False),
    Column("silent", Integer, nullable=False),
    Column("reason", Text),
    Column("ports", Text, nullable=False),  # JSON: the TCP ports that were tried
    Column("only_known", Boolean, nullable=False),
)

device = Table(
    "device",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("public_id", String, nullable=False, unique=True),
    Column("first_scan", Integer, ForeignKey("scan.number"), nullable=False),
    Column("last_scan", Integer, ForeignKey("scan.number"), nullable=False),
    Column("merged_into", Integer, ForeignKey("device.number")),  # the whole of which its owner says it is a part
    Column("digest", String),  # of all that its last scan said; equal: nothing changed. Null: look again, more is open
)

sighting = Table(
    "sighting",
    metadata,
    Column("scan", Integer, ForeignKey("scan.number"), primary_key=True, autoincrement=False),
    Column("device", Integer, ForeignKey("device.number"), primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

attribute = Table(
    "attribute",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("device", Integer, ForeignKey("device.number"), nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("value", Text, nullable=False),
    Column("confidence", Float),
    Column("since", Integer, ForeignKey("scan.number"), nullable=False, index=True),
    Column("until", Integer, ForeignKey("scan.number")),
    Column("untold", Integer, ForeignKey("scan.number")),
    Column("state", String),  # of a capability: observed or inferred, null where that was not kept yet
    Column("enabled", Boolean),  # of a capability, null where nothing says so
)
Index("ix_attribute_until", attribute.c.until, sqlite_where=attribute.c.until.is_not(None),
      postgresql_where=attribute.c.until.is_not(None))  # fmt: skip
Index("ix_attribute_value", attribute.c.name, func.lower(attribute.c.value), attribute.c.until, attribute.c.device)

NAMED = attribute.c.name + ""
"""What an attribute is called, where its row is looked for by the device: SQLite, which keeps no statistics, would
rather go through every row of that name, for each few thousand devices anew."""

phrase = Table(
    "phrase",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),  # JSON; the same words are said of thousands of devices, and stand here once
    Column("digest", String, nullable=False, unique=True),
)

judgement = Table(
    "judgement",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("device", Integer, ForeignKey("device.number"), nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("name", String, nullable=False),
    Column("state", String, nullable=False),
    Column("severity", String),
    Column("exploited", Boolean, nullable=False),  # by CISA's list
    Column("said", Integer, ForeignKey("phrase.id"), nullable=False),  # of this device: evidence, reason, confidence
    Column("basis", Integer, ForeignKey("phrase.id"), nullable=False),  # of the rule: remedy, source, date
    Column("since", Integer, ForeignKey("scan.number"), nullable=False, index=True),
    Column("until", Integer, ForeignKey("scan.number")),
    Column("unconfirmed", Integer, ForeignKey("scan.number")),  # the scan that could not say it again
)
Index("ix_judgement_until", judgement.c.until, sqlite_where=judgement.c.until.is_not(None),
      postgresql_where=judgement.c.until.is_not(None))  # fmt: skip

observation = Table(
    "observation",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("content", String, nullable=False),  # the hash with volatile fields masked, `Observation.id`
    Column("address", String, nullable=False),
    Column("protocol", String, nullable=False),
    Column("transport", String, nullable=False),
    Column("port", Integer),
    Column("request", String, nullable=False),
    Column("channels", String, nullable=False),  # separated by commas
    Column("sensor", String),
    Column("foreign", Boolean, nullable=False),
    Column("routed", Boolean),
    Column("first_time", Float),
    Column("latest_time", Float),
    Column("first_data", LargeBinary, nullable=False),  # zlib
    Column("latest_data", LargeBinary),  # zlib with the first bytes as dictionary; null where they are the same
    Column("latest_sum", Integer, nullable=False),  # CRC-32 of the latest bytes: whether they must be written again
    UniqueConstraint("content"),
)

heard = Table(
    "heard",
    metadata,
    Column("device", Integer, ForeignKey("device.number"), primary_key=True, autoincrement=False),
    Column("observation", Integer, ForeignKey("observation.id"), primary_key=True, autoincrement=False),
    Column("since", Integer, ForeignKey("scan.number"), primary_key=True, autoincrement=False),
    Column("until", Integer, ForeignKey("scan.number")),
    Column("vantages", Text, nullable=False),  # JSON: from where, empty where nobody says
    Column("missed", Boolean, nullable=False),  # asked in vain by the last scan that asked, while the device was there
    sqlite_with_rowid=False,
)

location = Table(
    "location",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("device", Integer, ForeignKey("device.number"), nullable=False, index=True),
    Column("district", String),
    Column("site", String, nullable=False),
    Column("building", String),
    Column("room", String),
    Column("who", String, nullable=False),
    Column("reason", Text),
    Column("made", Float, nullable=False),
    Column("ended", Float),  # null: the device is there by somebody's word
)

notice = Table(
    "notice",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("key", String, nullable=False, unique=True),
    Column("scan", Integer, nullable=False),  # no foreign key: a message outlives a scan that is deleted
    Column("target", String, nullable=False),  # its name in the owner's file, never its address
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("queued", Float, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("claimed", Float),
    Column("sent", Float),
)

setting = Table(
    "setting",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
)

decision = Table(
    "decision",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("device", Integer, ForeignKey("device.number"), index=True),  # null: every device, those to come included
    Column("subject", Text),
    Column("reason", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("made", Float, nullable=False),
    Column("expires", Float),
    Column("withdrawn", Float),
    Column("withdrawn_by", Text),
    Column("withdrawn_reason", Text),
)

forgotten = Table(
    "forgotten",  # how many devices that were gone were pruned, by the month in which they went
    metadata,
    Column("month", String, primary_key=True),  # 2026-11
    Column("vendor", String, primary_key=True),  # empty where it was not known, like the two below
    Column("kind", String, primary_key=True),
    Column("site", String, primary_key=True),
    Column("devices", Integer, nullable=False),
)
