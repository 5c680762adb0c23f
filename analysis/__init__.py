"""Item analysis for instructors: figures of quizzes, questions and cases, computed by a job and read by pages."""
