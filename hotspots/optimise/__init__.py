"""Choosing well under constraints: plain arrays in, choices out, one problem a file.

Solvers are ``scipy.optimize.milp`` (HiGHS) and heuristics of our own; which one found a
choice, and how far it can be from the best, is always part of the answer.
"""

from __future__ import annotations
