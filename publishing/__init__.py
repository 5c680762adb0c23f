"""Content as plain files: read, checked, rendered, published and written out again; every revision kept."""
