"""Pages by which researchers make a study and run it."""
