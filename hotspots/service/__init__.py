"""Use cases over a site: ask rights, do, write the audit, return a plain value."""

from hotspots.service.site import Settings, Site, init_site, open_site

__all__ = ["Settings", "Site", "init_site", "open_site"]
