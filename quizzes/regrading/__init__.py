"""Regrading: a mended key or a dropped question, previewed, then applied to the attempts that were handed in."""
