"""What is done for raters: welfare, pay, and an ear for what they say."""
