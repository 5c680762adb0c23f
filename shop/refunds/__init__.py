"""Money that goes back: by an admin, by a learner's wish, by itself, or at Stripe."""
