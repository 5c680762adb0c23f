"""From drafts to what learners see: what kind of change it is, and one transaction (docs/studio.md)."""
