"""What researchers see of a study."""
