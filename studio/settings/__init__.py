"""A course's settings: one form for everything in its text but the outline, and new courses."""
