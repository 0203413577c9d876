"""A rater's way into a study and out of it again."""
