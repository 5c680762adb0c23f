"""The house's editorial standard in rules: what good content has beyond being sound. Pure."""
