"""The demo school: its people, and three months of invented history."""
