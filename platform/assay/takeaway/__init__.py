"""What leaves the site: exports made by workers, and signed evaluation cards that can be checked without it."""
