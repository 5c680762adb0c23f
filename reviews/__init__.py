"""Memory after the exam: what was missed, guessed or marked comes back, and the words of completed lessons with it."""
