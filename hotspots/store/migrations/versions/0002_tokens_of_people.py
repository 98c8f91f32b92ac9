"""A token can be a person's own."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add whose a token is."""
    key = sa.ForeignKey("person.id", name="fk_token_person_id")
    with op.batch_alter_table("token") as table:
        table.add_column(sa.Column("person_id", sa.Text, key, nullable=True))
