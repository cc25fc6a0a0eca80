"""How the package's reader was learned, to be done again; README.md is its model card."""
