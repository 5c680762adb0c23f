"""The conversation with Stripe, in values of our own."""
