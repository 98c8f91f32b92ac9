"""OGC API Features: collections for QGIS, GDAL and other people's maps."""
