"""What is asked of raters: scales, questions, the presets that come with Assay, and answers as they are stored."""
