"""Texts that are being written: saved under numbers, merged, never lost."""
