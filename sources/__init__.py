"""The bibliography with what each source does and does not show, and the glossary."""
