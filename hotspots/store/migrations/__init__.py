"""Alembic steps, shipped with the package."""
