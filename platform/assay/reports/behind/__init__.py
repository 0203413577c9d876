"""What stands behind a study's numbers: which comparisons, with what each rater said, for pages and programs."""
