"""Several courses sold together at one price."""
