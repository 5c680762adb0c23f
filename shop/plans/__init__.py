"""Plans: courses that are paid in instalments, and memberships."""
