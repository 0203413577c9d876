"""Pages of series, standing plans and their runs."""
