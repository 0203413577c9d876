"""Pages of checkpoints: which there are, one with what was made of it, its responses, two side by side."""
