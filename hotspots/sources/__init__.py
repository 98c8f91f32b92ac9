"""Readers: one kind of file a module; :mod:`hotspots.sources.reading` chooses."""

from __future__ import annotations

from hotspots.sources.reading import Progress, Reading, read_incidents, write_proposal
from hotspots.sources.reading.kinds import choose_reader

__all__ = ["Progress", "Reading", "choose_reader", "read_incidents", "write_proposal"]
