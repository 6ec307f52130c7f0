"""What the owner says: decisions on devices, and corrections of which devices are one."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes both tables."""
    op.create_table(
        "decision",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("device", sa.Integer(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("made", sa.Float(), nullable=False),
        sa.Column("expires", sa.Float(), nullable=True),
        sa.Column("withdrawn", sa.Float(), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["device"], ["device.number"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index(op.f("ix_decision_device"), "decision", ["device"], unique=False)
    op.create_table(
        "correction",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("device", sa.Integer(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.Column("other", sa.Integer(), nullable=False),
        sa.Column("other_marks", sa.Text(), nullable=False),
        sa.Column("scan", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("made", sa.Float(), nullable=False),
        sa.Column("undone", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["device"], ["device.number"]),
        sa.ForeignKeyConstraint(["other"], ["device.number"]),
        sa.ForeignKeyConstraint(["scan"], ["scan.number"]),
        sa.PrimaryKeyConstraint("number"),
    )
