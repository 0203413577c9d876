"""Leaderboards: all checkpoints that were compared over one prompt set, whichever study compared them."""
