"""What a public body must be able to show about its tool, filled in from the runs."""

from __future__ import annotations

from hotspots.transparency.records import build_documents, write_transparency
from hotspots.transparency.runs import read_plan_run, read_usage

__all__ = ["build_documents", "read_plan_run", "read_usage", "write_transparency"]
