"""Results of EleutherAI's lm-evaluation-harness, read from its files and kept with a checkpoint."""
