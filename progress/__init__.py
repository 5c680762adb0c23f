"""The ledger of completed steps, and where to resume."""
