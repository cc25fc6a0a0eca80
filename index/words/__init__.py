"""Words: how they are spelled, damaged and mentioned."""
