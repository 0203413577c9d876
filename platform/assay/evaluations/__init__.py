"""Standing plans, their executions, and the commands that carry a checkpoint from prompts to a win rate."""
