"""Pages of prompt sets."""
