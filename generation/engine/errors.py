"""What can be wrong with what the engine is given to read."""


class CheckpointError(ValueError):
    """A checkpoint that cannot be read: says which file, which tensor or field, and what would be right."""
