"""A clinic's team: seats that were bought, who holds them, who manages them."""
