"""The catalogue and the outline: courses, their modules and ordered steps, and what makes a course publishable."""
