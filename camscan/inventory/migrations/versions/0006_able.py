"""How a capability is known, and whether it is switched on. Of what was told before, nobody knows it until the device
is scanned again, or judged anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the columns."""
    op.add_column("attribute", sa.Column("state", sa.String(), nullable=True))
    op.add_column("attribute", sa.Column("enabled", sa.Boolean(), nullable=True))
