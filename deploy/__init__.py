"""How the product is started and kept running."""
