"""The map, its tables and its downloads."""
