"""Third floor: what people say. Studies, pairing, assignment, judging, and the pages on which raters judge."""
