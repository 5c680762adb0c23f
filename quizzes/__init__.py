"""Questions, quizzes, cases and assignments: their text, what a learner is shown, attempts and grading."""
