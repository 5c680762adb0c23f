"""Practice tools: printable pages that lessons link to."""
