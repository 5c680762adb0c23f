"""Payments that the buyer's bank disputes: what follows here, and the school's evidence."""
