"""How the package's adapter was learned, to be done again; README.md is its model card."""
