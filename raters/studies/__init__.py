"""A study as its researchers handle it: designed, locked, shared, followed, unblinded."""
