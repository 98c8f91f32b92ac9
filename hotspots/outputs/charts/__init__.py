"""Charts as SVG, the same on screen, on paper and in a document."""
