"""Who may enroll in a course: when it takes learners, and what comes before it."""
