"""Work that people mark: hand-ins, the queue of markers, second marks, requests, what is changed for one learner."""
