"""Open a collection with QGIS itself and count what it reads.

Run by QGIS's own Python: python3 qgis_reader.py URL COLLECTION PASSWORD
"""

from __future__ import annotations

import json
import os
import sys


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from qgis.core import QgsApplication, QgsVectorLayer

    application = QgsApplication([], False)
    application.initQgis()
    url, collection, password = sys.argv[1:]
    source = f"url='{url}' typename='{collection}' username='gis' password='{password}'"
    layer = QgsVectorLayer(source, collection, "OAPIF")
    told = {
        "valid": layer.isValid(),
        "features": sum(1 for _ in layer.getFeatures()),
        "crs": layer.crs().authid(),
    }
    print(json.dumps(told))
    del layer  # before QGIS itself ends
    application.exitQgis()


if __name__ == "__main__":
    main()
