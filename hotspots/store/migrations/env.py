"""What Alembic runs: the connection is given by the store."""

from alembic import context

from hotspots.store import models  # noqa: F401
from hotspots.store.base import Base

if hasattr(context, "config"):  # absent where this is only imported
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=Base.metadata)
    context.run_migrations()
