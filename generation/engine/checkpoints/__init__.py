"""Checkpoints on disk: their files found, held against their config, read and written."""
