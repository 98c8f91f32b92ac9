"""The API of a site, /api/v1: the use cases of :mod:`hotspots.service` as JSON."""
