"""Agencies that refer people here: who they are, what was agreed with them, how they sign in."""
