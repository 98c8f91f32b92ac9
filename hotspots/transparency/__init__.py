"""What a public body must be able to show about its tool, filled in from the runs."""

from __future__ import annotations

from hotspots.transparency.records import build_documents, write_transparency

__all__ = ["build_documents", "write_transparency"]
