"""Where instructors work: what waits for them, by course."""
