"""The brief: one content, written as PDF, Word, HTML, JSON and tables."""

from __future__ import annotations
