"""Is it any good? Knows everybody; nobody knows it. Here: the bundled book and its gold."""
