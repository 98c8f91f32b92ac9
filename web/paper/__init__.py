"""Sheets of paper with one map."""
