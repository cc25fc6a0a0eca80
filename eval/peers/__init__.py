"""Apostilla beside others: the same books, questions and scorer, each in its own environment."""
