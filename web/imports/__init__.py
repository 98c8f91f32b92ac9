"""Files in: feeds, uploads, what became of each row."""
