"""The rankings that a search joins: words, meaning, late interaction."""
