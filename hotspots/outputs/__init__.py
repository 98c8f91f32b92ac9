"""Everything that is written: formats, paper, charts, the map that travels."""
