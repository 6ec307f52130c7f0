"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes everything."""
    op.create_table(
        "observation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("protocol", sa.String(), nullable=False),
        sa.Column("transport", sa.String(), nullable=False),
        sa.Column("port", sa.Integer(), nullable=True),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("channels", sa.String(), nullable=False),
        sa.Column("sensor", sa.String(), nullable=True),
        sa.Column("foreign", sa.Boolean(), nullable=False),
        sa.Column("routed", sa.Boolean(), nullable=True),
        sa.Column("first_time", sa.Float(), nullable=True),
        sa.Column("latest_time", sa.Float(), nullable=True),
        sa.Column("first_data", sa.LargeBinary(), nullable=False),
        sa.Column("latest_data", sa.LargeBinary(), nullable=True),
        sa.Column("latest_sum", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("content"),
    )
    op.create_table(
        "phrase",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_table(
        "scan",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scan_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("started", sa.Float(), nullable=True),
        sa.Column("ended", sa.Float(), nullable=True),
        sa.Column("recorded", sa.Float(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("vantage", sa.String(), nullable=True),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("asked_ports", sa.Text(), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("tool_version", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index(op.f("ix_scan_scan_id"), "scan", ["scan_id"], unique=False)
    op.create_table(
        "setting",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "coverage",
        sa.Column("scan", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("interface", sa.String(), nullable=True),
        sa.Column("network", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("silent", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("ports", sa.Text(), nullable=False),
        sa.Column("only_known", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scan"],
            ["scan.number"],
        ),
        sa.PrimaryKeyConstraint("scan", "row"),
    )
    op.create_table(
        "device",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("first_scan", sa.Integer(), nullable=False),
        sa.Column("last_scan", sa.Integer(), nullable=False),
        sa.Column("merged_into", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["first_scan"],
            ["scan.number"],
        ),
        sa.ForeignKeyConstraint(
            ["last_scan"],
            ["scan.number"],
        ),
        sa.ForeignKeyConstraint(
            ["merged_into"],
            ["device.number"],
        ),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("public_id"),
    )
    op.create_table(
        "attribute",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("device", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.Column("untold", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["device"],
            ["device.number"],
        ),
        sa.ForeignKeyConstraint(
            ["since"],
            ["scan.number"],
        ),
        sa.ForeignKeyConstraint(
            ["until"],
            ["scan.number"],
        ),
        sa.ForeignKeyConstraint(
            ["untold"],
            ["scan.number"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_attribute_device"), "attribute", ["device"], unique=False)
    op.create_index(
        "ix_attribute_value", "attribute", ["name", sa.text("lower(value)"), "until", "device"], unique=False
    )
    op.create_index(op.f("ix_attribute_since"), "attribute", ["since"], unique=False)
    op.create_index(
        "ix_attribute_until",
        "attribute",
        ["until"],
        unique=False,
        sqlite_where=sa.text("until IS NOT NULL"),
        postgresql_where=sa.text("until IS NOT NULL"),
    )
    op.create_table(
        "heard",
        sa.Column("device", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("observation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.Column("vantages", sa.Text(), nullable=False),
        sa.Column("missed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device"],
            ["device.number"],
        ),
        sa.ForeignKeyConstraint(
            ["observation"],
            ["observation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["since"],
            ["scan.number"],
        ),
        sa.ForeignKeyConstraint(
            ["until"],
            ["scan.number"],
        ),
        sa.PrimaryKeyConstraint("device", "observation", "since"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "judgement",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("device", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=True),
        sa.Column("exploited", sa.Boolean(), nullable=False),
        sa.Column("said", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Integer(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.Column("unconfirmed", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["basis"],
            ["phrase.id"],
        ),
        sa.ForeignKeyConstraint(
            ["device"],
            ["device.number"],
        ),
        sa.ForeignKeyConstraint(
            ["said"],
            ["phrase.id"],
        ),
        sa.ForeignKeyConstraint(
            ["since"],
            ["scan.number"],
        ),
        sa.ForeignKeyConstraint(
            ["until"],
            ["scan.number"],
        ),
        sa.ForeignKeyConstraint(
            ["unconfirmed"],
            ["scan.number"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_judgement_device"), "judgement", ["device"], unique=False)
    op.create_index(op.f("ix_judgement_since"), "judgement", ["since"], unique=False)
    op.create_index(
        "ix_judgement_until",
        "judgement",
        ["until"],
        unique=False,
        sqlite_where=sa.text("until IS NOT NULL"),
        postgresql_where=sa.text("until IS NOT NULL"),
    )
    op.create_table(
        "sighting",
        sa.Column("scan", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("device", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["device"],
            ["device.number"],
        ),
        sa.ForeignKeyConstraint(
            ["scan"],
            ["scan.number"],
        ),
        sa.PrimaryKeyConstraint("scan", "device"),
        sqlite_with_rowid=False,
    )
