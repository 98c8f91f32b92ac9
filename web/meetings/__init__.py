"""Meetings: agenda, decisions and what came of them."""
