"""Counts over periods: which periods are covered, trends, and what a cell has been."""
