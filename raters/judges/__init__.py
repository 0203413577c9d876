"""Language models as one more kind of rater, kept apart from people."""
