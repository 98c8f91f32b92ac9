"""A site that holds a dataset of a test, kept by the same code as any import."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from site_fixture import OPERATOR

from hotspots.analysis.area_files import AreaFile
from hotspots.analysis.dataset import Dataset
from hotspots.service import Site, imports, open_site, site
from hotspots.service.feeds import feed_to_import
from hotspots.work import submit
from hotspots.work.queue import claim


def site_of(dataset: Dataset, **settings: Any) -> Site:
    """Return an open site with the areas and incidents of a dataset."""
    folder = Path(tempfile.mkdtemp(prefix="hotspots-test-")) / "site"
    site._make_folder(folder, site.Settings(name="Toy", **settings))
    made = open_site(folder, upgrade=True)
    name, digest = dataset.area_inputs[0] if dataset.area_inputs else ("areas", "")
    site._fill(made, [AreaFile(name=name, sha256=digest, areas=dataset.areas)])
    with made.store.writing() as session:
        feed = feed_to_import(session, OPERATOR, "toy")
        told = {"feed": feed.id, "profile": None, "today": None}
        id = submit(session, "import", told, OPERATOR)
    task = claim(made.store, "test", id)
    assert task is not None
    compared = imports._compare(made, feed, dataset.reading)
    imports._commit(task, feed, dataset.reading, compared)
    return made
