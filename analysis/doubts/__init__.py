"""Doubted questions: a learner tells the instructors that something is wrong with one, and is answered."""
