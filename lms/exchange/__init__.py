"""Numbered, signed messages to and from an agency: one status word, and no free text."""
