"""The database of a site: tables, migrations, sessions. SQLAlchemy stays here."""

from sqlalchemy.orm import Session

from hotspots.store.base import new_id, now
from hotspots.store.engine import Store

__all__ = ["Session", "Store", "new_id", "now"]
