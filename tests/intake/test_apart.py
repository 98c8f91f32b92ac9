"""The process that parses other people's files: what becomes of it is told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hotspots.core.budget import Budget, CancelledError
from hotspots.core.errors import SourceError
from hotspots.intake import apart
from hotspots.intake.geofile import read_features
from hotspots.intake.inputs import InputFile

SQUARE = [[-0.9, 52.7], [-0.8, 52.7], [-0.8, 52.8], [-0.9, 52.7]]


@pytest.fixture
def areas(tmp_path: Path) -> InputFile:
    shape = {"type": "Polygon", "coordinates": [SQUARE]}
    feature = {"type": "Feature", "properties": {"name": "A"}, "geometry": shape}
    path = tmp_path / "areas.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return InputFile.at(path)


def send(kind: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a signal sent to the process as soon as it is asked for something."""
    ask = apart._Parser.ask

    def ask_and_send(parser: apart._Parser, question: dict[str, object]) -> None:
        os.kill(parser.process.pid, kind)
        ask(parser, question)

    monkeypatch.setattr(apart._Parser, "ask", ask_and_send)


@pytest.mark.parametrize(
    ("kind", "said"),
    [(signal.SIGSEGV, "SIGSEGV"), (signal.SIGABRT, "SIGABRT"), (signal.SIGXCPU, "8 s")],
)
def test_its_crash_is_an_error_of_the_file(
    areas: InputFile, kind: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        send(kind, patch)
        with pytest.raises(SourceError, match=f"must be readable.*{said}"):
            read_features(areas)
    assert len(read_features(areas)) == 1, "the next file is read as ever"


def test_waiting_for_it_ends_with_the_budget(
    areas: InputFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(signal.SIGSTOP, monkeypatch)
    with pytest.raises(CancelledError, match="must end within"):
        Budget(0.3).run(lambda: read_features(areas))


def test_what_needs_more_memory_than_its_size_says_is_refused(
    areas: InputFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "BASE_MEMORY", 1 << 20)
    monkeypatch.setattr(apart._Parser, "idle", [])
    with pytest.raises(SourceError, match=r"with 1 MB of memory; it is not"):
        read_features(areas)


def test_only_the_wanted_drivers_are_left() -> None:
    code = (
        "from hotspots.intake.geoparse import _gdal\n"
        "print(*sorted(_gdal().list_drivers()), sep=',')"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == (
        "ESRI Shapefile,ESRIJSON,FlatGeobuf,GPKG,GeoJSON,GeoJSONSeq,LIBKML,OSM,PMTiles"
    )


def test_one_process_serves_many_files(areas: InputFile) -> None:
    read_features(areas)
    first = apart._Parser.idle[-1].process.pid
    read_features(areas)
    assert apart._Parser.idle[-1].process.pid == first


def test_one_that_was_begun_early_answers(
    areas: InputFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart._Parser, "idle", [])
    apart.begin("hotspots.intake.geoparse", "pyogrio")
    apart.begin()  # there is one
    (begun,) = apart._Parser.idle
    assert len(read_features(areas)) == 1
    assert apart._Parser.idle == [begun]
    begun.end()
