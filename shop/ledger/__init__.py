"""What the money of the orders did, entry by entry, and whether Stripe says the same."""
