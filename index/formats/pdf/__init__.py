"""PDF: words with their places, read in a process of its own."""
