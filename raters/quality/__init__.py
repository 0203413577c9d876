"""How well judgments were made: measures and flags of raters, contested comparisons, pauses."""
