"""The same place again: who is the same target, how often chance would repeat it."""
