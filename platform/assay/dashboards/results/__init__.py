"""Pages that read a study: its numbers, its card, what is taken away."""
