"""The application of a site: the same for one person at this computer and a county."""

from hotspots.web.site.app import create_site_app

__all__ = ["create_site_app"]
