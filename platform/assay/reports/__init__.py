"""The stored numbers of each analysis. Pages read reports; they compute nothing."""
