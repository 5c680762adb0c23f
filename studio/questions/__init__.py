"""Questions in and out: other programs' formats read into our text, and ours written into theirs."""
