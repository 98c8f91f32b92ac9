"""Ids, values and outlines for the scripts of the pages."""
