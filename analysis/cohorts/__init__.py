"""Cohorts: the learners of a course by the month in which they enrolled, and what modules gained them."""
