"""Trains the tiny checkpoints in generation/library/: `python -m generation.training`. Needs the extra `train`."""
