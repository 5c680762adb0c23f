"""A rendered bundle written down as the rows that pages read."""
