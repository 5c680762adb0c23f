"""The lesson editor: a draft beside its page, saved under numbers, and published."""
