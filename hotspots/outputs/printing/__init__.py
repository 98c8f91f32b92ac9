"""Pages on paper: tagged PDF, drawn maps, QR codes and the cards of a plan.

``typeset`` fills in a template, ``draw_map`` draws the map that stands in it; Word and
web pages use the same drawing. Values arrive as data everywhere, never as source.
"""

from __future__ import annotations

from hotspots.outputs.printing.background import Background
from hotspots.outputs.printing.drawn_map import MapMark, MapPlace, draw_map
from hotspots.outputs.printing.qr import qr_svg
from hotspots.outputs.printing.typst import svg_to_png, typeset

__all__ = [
    "Background",
    "MapMark",
    "MapPlace",
    "draw_map",
    "qr_svg",
    "svg_to_png",
    "typeset",
]
