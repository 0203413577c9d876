"""Studies that were run elsewhere: their files are read, checked whole, and become finished studies here."""
