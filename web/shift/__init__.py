"""Tonight's areas, for a phone."""
