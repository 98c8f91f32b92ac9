"""Each place by its permanent name."""
