"""The outline of a course as it is written: modules and steps, put in, named, moved and taken out."""
