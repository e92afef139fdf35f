"""Corrections, in the open: who changed what, why, with whom; all is appended, nothing edited."""
