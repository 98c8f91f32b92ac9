"""The nouns of the analysis: incidents, areas, cells, surfaces, hotspots, harm."""
