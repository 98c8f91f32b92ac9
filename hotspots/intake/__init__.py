"""Files on their way in: opened, mapped to columns, judged row by row.

Knows no format by itself (that is :mod:`hotspots.sources`) and nothing of analysis.
"""
