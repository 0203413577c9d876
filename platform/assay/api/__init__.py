"""The API under /api/v1: all that pages can do, for programs, through the same functions."""
