"""The application of a site: the same for one person at this computer and a county."""
