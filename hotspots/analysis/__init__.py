"""From a dataset to ranked places with reasons: what happens behind the one door."""
