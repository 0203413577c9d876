"""What the site knows of raters as persons: found by what they call themselves, removed on request and in time."""
