"""Enrolling many people at once from a file, after a look at what it would do."""
