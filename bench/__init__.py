"""Bench: Virage side by side with a bare Flask page and form, in one run on one machine."""
