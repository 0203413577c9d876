"""People who sign in, and the append-only record of what was done."""
