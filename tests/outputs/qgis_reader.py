"""Open a project or GeoPackage with QGIS itself and say what is in it.

Run by QGIS's own Python: python3 qgis_reader.py FILE [PICTURE.png]
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from qgis.core import QgsApplication, QgsProject

    application = QgsApplication([], False)
    application.initQgis()
    path, *picture = sys.argv[1:]
    if path.endswith(".gpkg"):
        found = {"layers": {each.name(): describe(each) for each in layers_of(path)}}
    else:
        found = describe_project(QgsProject.instance(), path, *picture)
    print(json.dumps(found))
    application.exitQgis()


def layers_of(path: str) -> list[Any]:
    """Open each layer as it is dragged into QGIS: with its default style."""
    from qgis.core import QgsDataProvider, QgsVectorLayer

    whole = QgsVectorLayer(path, "whole", "ogr")
    listed = whole.dataProvider().subLayers()
    names = [each.split(QgsDataProvider.sublayerSeparator())[1] for each in listed]
    return [
        QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
        for name in names
        if name != "layer_styles"
    ]


def describe_project(project: Any, path: str, picture: str = "") -> dict[str, Any]:
    from qgis.core import QgsLayoutExporter

    found = {
        "read": project.read(path),
        "crs": project.crs().authid(),
        "title": project.title(),
        "tree": [node.name() for node in project.layerTreeRoot().findLayers()],
        "layers": {
            each.name(): describe(each) for each in project.mapLayers().values()
        },
    }
    layouts = project.layoutManager().layouts()
    found["layouts"] = [layout.name() for layout in layouts]
    if picture and layouts:
        settings = QgsLayoutExporter.ImageExportSettings()
        settings.dpi = 110
        exporter = QgsLayoutExporter(layouts[0])
        found["exported"] = exporter.exportToImage(picture, settings)
    return found


def describe(layer: Any) -> dict[str, Any]:
    renderer = layer.renderer()
    graduated = renderer.type() == "graduatedSymbol"
    return {
        "valid": layer.isValid(),
        "crs": layer.crs().authid(),
        "n": layer.featureCount(),
        "styled": bool(layer.listStylesInDatabase()[0] > 0),
        "labels": layer.labelsEnabled(),
        "classes": len(renderer.ranges()) if graduated else 0,
        "fields": {field.name(): field.typeName() for field in layer.fields()},
        "aliases": {field.name(): field.displayName() for field in layer.fields()},
    }


if __name__ == "__main__":
    main()
