"""The lesson reader: bodies rendered when published, checks inside a lesson, private answers kept."""
