"""Bundles in and out by the browser: a zip is looked at, then taken over; a course is taken out."""
