"""Codes that take something off a price: whom they hold for, how often, and what each order had of them."""
