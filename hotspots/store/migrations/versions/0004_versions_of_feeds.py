"""A feed is changed by one person at a time."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add which version of a feed this is."""
    column = sa.Column("version", sa.Integer, nullable=False, server_default="1")
    with op.batch_alter_table("feed") as table:
        table.add_column(column)
