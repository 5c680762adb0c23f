"""The doors of buying."""
