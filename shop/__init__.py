"""What is sold: orders, from the button to the access that they give."""
