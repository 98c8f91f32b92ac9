"""Open a project with QGIS itself and say what is in it; run by QGIS's own Python.

python3 qgis_reader.py PROJECT.qgz [PICTURE.png]
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from qgis.core import QgsApplication, QgsLayoutExporter, QgsProject

    application = QgsApplication([], False)
    application.initQgis()
    project = QgsProject.instance()
    found = {
        "read": project.read(sys.argv[1]),
        "crs": project.crs().authid(),
        "title": project.title(),
        "tree": [node.name() for node in project.layerTreeRoot().findLayers()],
        "layers": {
            each.name(): describe(each) for each in project.mapLayers().values()
        },
    }
    layouts = project.layoutManager().layouts()
    found["layouts"] = [layout.name() for layout in layouts]
    if len(sys.argv) > 2 and layouts:
        settings = QgsLayoutExporter.ImageExportSettings()
        settings.dpi = 110
        exporter = QgsLayoutExporter(layouts[0])
        found["exported"] = exporter.exportToImage(sys.argv[2], settings)
    print(json.dumps(found))
    application.exitQgis()


def describe(layer: Any) -> dict[str, Any]:
    renderer = layer.renderer()
    graduated = renderer.type() == "graduatedSymbol"
    return {
        "valid": layer.isValid(),
        "crs": layer.crs().authid(),
        "n": layer.featureCount(),
        "labels": layer.labelsEnabled(),
        "classes": len(renderer.ranges()) if graduated else 0,
        "fields": {field.name(): field.typeName() for field in layer.fields()},
        "aliases": {field.name(): field.displayName() for field in layer.fields()},
    }


if __name__ == "__main__":
    main()
