"""The pages of the weekly brief."""
