"""Who is in a course, since when and why."""
