"""Plain text: pages, notes and markers by their looks alone."""
