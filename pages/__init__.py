"""Home, dashboard, about, and the small pages around the courses."""
