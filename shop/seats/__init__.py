"""Seats for a team: what they cost by their number, and the page that sells them."""
