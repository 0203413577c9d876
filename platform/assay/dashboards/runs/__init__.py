"""Pages of generation runs."""
