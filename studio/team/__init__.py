"""Who teaches a course, and in which role."""
