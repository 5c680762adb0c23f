"""What is changed for one learner: accommodations, and requests for another attempt."""
