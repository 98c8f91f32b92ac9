"""Save a layer in other formats with QGIS itself: FILE FOLDER."""

from __future__ import annotations

import json
import os
import sys

FORMATS = {
    "gpkg": "GPKG",
    "geojson": "GeoJSON",
    "shp": "ESRI Shapefile",
    "parquet": "Parquet",
    "kml": "KML",
    "fgb": "FlatGeobuf",
}


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from qgis.core import (
        QgsApplication,
        QgsCoordinateTransformContext,
        QgsVectorFileWriter,
        QgsVectorLayer,
    )

    application = QgsApplication([], False)
    application.initQgis()
    source, folder = sys.argv[1:]
    layer = QgsVectorLayer(source, "incidents", "ogr")
    known = {
        each.driverName for each in QgsVectorFileWriter.supportedFiltersAndFormats()
    }
    context = QgsCoordinateTransformContext()
    done = {}
    for suffix, driver in FORMATS.items():
        if driver not in known:
            continue
        options = QgsVectorFileWriter.SaveVectorOptions()
        options.driverName, options.fileEncoding = driver, "UTF-8"
        path = f"{folder}/saved.{suffix}"
        told = QgsVectorFileWriter.writeAsVectorFormatV3(layer, path, context, options)
        done[suffix] = told[0] == QgsVectorFileWriter.NoError
    print(json.dumps(done), flush=True)
    os._exit(0)  # QGIS may crash while it is taken down


if __name__ == "__main__":
    main()
