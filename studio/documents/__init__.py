"""Word documents and pasted rich text that become drafts of lessons."""
