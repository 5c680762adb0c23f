"""What every room stands on, and no feature is in."""
