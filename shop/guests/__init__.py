"""Guests: orders of those who pay first and get their account after."""
