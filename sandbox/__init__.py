"""A small Stripe of our own for demo and tests: a process that the real SDK speaks to. No money moves in it."""
